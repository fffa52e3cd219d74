/* Twin of filter4.ls: the same steps. */
#define N 4
byte level[N];
byte last[N];
byte inside;

active [N] proctype P()
{
    byte l, k;
outside:
    l = 1;
announce:
    level[_pid] = l;
    d_step { last[l] = _pid; k = 0 }
    do
    :: d_step { k < N && (k == _pid || level[k] < l || last[l] != _pid) -> k++ }
    :: d_step { k == N && l < N - 1 -> l++ }; goto announce
    :: (k == N && l == N - 1); break
    od;
    inside++;
    d_step { inside--; level[_pid] = 0; l = 0; k = 0 }
    goto outside
}
