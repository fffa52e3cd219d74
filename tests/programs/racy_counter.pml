/* Twin of racy_counter.ls: the same steps. */
#define N 3
#define ROUNDS 2
byte x;
byte done;

active [N] proctype P()
{
    byte round, seen;
    do
    :: d_step { round < ROUNDS -> seen = x };
       d_step { x = seen + 1; seen = 0; round++ }
    :: d_step { round == ROUNDS -> done++ }; break
    od;
    false
}
