/* Twin of bakery.ls: the same steps. */
#define N 3
#define LIMIT 4
bool choosing[N];
byte number[N];
byte inside;

active [N] proctype P()
{
    byte k, highest;
outside:
    choosing[_pid] = 1;
    do
    :: d_step { k < N -> highest = (number[k] > highest -> number[k] : highest); k++ }
    :: d_step { k == N && highest < LIMIT -> number[_pid] = highest + 1; highest = 0; k = 0 }; break
    :: d_step { k == N && highest == LIMIT -> choosing[_pid] = 0; k = 0; highest = 0 }; goto outside
    od;
    choosing[_pid] = 0;
    do
    :: k < N && !choosing[k];
       d_step { number[k] == 0 || number[k] > number[_pid] || (number[k] == number[_pid] && k >= _pid) -> k++ }
    :: d_step { k == N -> k = 0 }; break
    od;
    inside++;
    d_step { inside--; number[_pid] = 0 }
    goto outside
}
