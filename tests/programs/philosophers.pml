/* Twin of philosophers.ls: the same steps. */
#define N 5
bool fork[N];

active [N] proctype Philosopher()
{
    do
    :: d_step { !fork[_pid] -> fork[_pid] = 1 };
       d_step { !fork[(_pid + 1) % N] -> fork[(_pid + 1) % N] = 1 };
       fork[(_pid + 1) % N] = 0;
       fork[_pid] = 0
    od
}
