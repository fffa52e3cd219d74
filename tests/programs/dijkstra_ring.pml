/* Twin of dijkstra_ring.ls: the same steps. */
#define N 4
#define K 5
byte x[N];
byte started;

inline unknown()
{
    if
    :: d_step { x[_pid] = 0; started++ }
    :: d_step { x[_pid] = 1; started++ }
    :: d_step { x[_pid] = 2; started++ }
    :: d_step { x[_pid] = 3; started++ }
    :: d_step { x[_pid] = 4; started++ }
    fi
}

active proctype Bottom()
{
    unknown();
    do
    :: d_step { started == N && x[0] == x[N - 1] -> x[0] = (x[0] + 1) % K }
    od
}

active [N - 1] proctype Other()
{
    unknown();
    do
    :: d_step { started == N && x[_pid] != x[_pid - 1] -> x[_pid] = x[_pid - 1] }
    od
}
