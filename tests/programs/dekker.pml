/* Twin of dekker.ls: the same steps. */
bool flag[2];
bit turn;
byte inside;

active [2] proctype P()
{
outside:
    flag[_pid] = 1;
    do
    :: !flag[1 - _pid]; break
    :: flag[1 - _pid];
       if
       :: turn == _pid
       :: turn != _pid;
          flag[_pid] = 0;
          turn == _pid;
          flag[_pid] = 1
       fi
    od;
    inside++;
    d_step { inside--; turn = 1 - _pid };
    flag[_pid] = 0;
    goto outside
}
