/* Twin of bounded_buffer.ls: the same steps. */
byte buffer[2];
bit head;
byte count;
bool lock;
byte free_slots = 2;
byte used_slots;
byte last;

active [2] proctype Producer()
{
    do
    :: d_step { free_slots > 0 -> free_slots-- };
       d_step { !lock -> lock = 1 };
       d_step { buffer[(head + count) & 1] = _pid + 1; count++ };
       lock = 0;
       used_slots++
    od
}

active [2] proctype Consumer()
{
    do
    :: d_step { used_slots > 0 -> used_slots-- };
       d_step { !lock -> lock = 1 };
       d_step { last = buffer[head]; buffer[head] = 0; head = head ^ 1; count-- };
       lock = 0;
       free_slots++
    od
}
