/* Twin of peterson.ls: the same steps. */
bool flag[2];
bit turn;
byte inside;

active [2] proctype P()
{
    do
    :: flag[_pid] = 1;
       turn = 1 - _pid;
       (!flag[1 - _pid] || turn == _pid);
       inside++;
       d_step { inside--; flag[_pid] = 0 }
    od
}
