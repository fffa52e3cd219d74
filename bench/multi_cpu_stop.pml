/*
 * The twin of models/scenarios/multi_cpu_stop.c for spin: one process for each CPU, one statement for each access of
 * memory that others can reach, -DN=... CPUs.
 */
#ifndef N
#define N 8
#endif

byte state = 1;		/* MULTI_STOP_PREPARE */
byte thread_ack = N;
byte num_threads = N;
bool irqs_off[N];
byte calls;
bool fn_runs;

proctype cpu(byte id)
{
	byte curstate, newstate, next;
	bool last;

	do
	:: curstate == 4 -> break
	:: else ->
		newstate = state;
		if
		:: newstate == curstate -> skip
		:: else ->
			curstate = newstate;
			if
			:: curstate == 2 -> irqs_off[id] = true
			:: curstate == 3 && id == 0 ->
				next = calls;
				calls = next + 1;
				fn_runs = true;
				fn_runs = false
			:: else -> skip
			fi;
			d_step { thread_ack--; last = thread_ack == 0 };
			if
			:: last ->
				last = false;
				next = state;
				thread_ack = num_threads;
				state = next + 1
			:: else -> skip
			fi;
			next = 0
		fi;
		newstate = 0
	od;
	irqs_off[id] = false;
	assert(calls == 1)
}

init {
	byte i;
	atomic {
		do
		:: i < N -> run cpu(i); i++
		:: else -> break
		od
	}
}
