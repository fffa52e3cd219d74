/* Twin of leader_election.ls: the same steps. */
#define N 5
byte inbox[N];
byte leaders;

active [N] proctype Node()
{
    byte number, seen;
    number = _pid * 2 % N + 1;
    d_step { inbox[(_pid + 1) % N] == 0 -> inbox[(_pid + 1) % N] = number };
    do
    :: d_step { inbox[_pid] != 0 -> seen = inbox[_pid]; inbox[_pid] = 0 };
       if
       :: seen > number;
          d_step { inbox[(_pid + 1) % N] == 0 -> inbox[(_pid + 1) % N] = seen; seen = 0 }
       :: d_step { seen < number -> seen = 0 }
       :: d_step { seen == number -> leaders++ }; break
       fi
    od;
    false
}
