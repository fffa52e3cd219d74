/*
 * The twin of models/scenarios/multi_cpu_stop.c for spin: one process for each CPU, one statement (or atomic sequence)
 * for each step of ours, -DN=... CPUs.
 */
#ifndef N
#define N 8
#endif

byte state = 1;		/* MULTI_STOP_PREPARE */
byte thread_ack = N;
bool irqs_off[N];
byte calls;
bool fn_runs;

proctype cpu(byte id)
{
	byte curstate, next;

	skip;		/* the two local loops before the first look at the state */
	skip;
look:
	atomic {
		state != curstate -> curstate = state;
		if
		:: curstate == 2 -> goto irq
		:: curstate == 3 && id == 0 -> goto fn
		:: else -> goto ack
		fi
	};
irq:
	atomic { irqs_off[id] = true; goto ack };
fn:
	next = calls;
	atomic { calls = next + 1; next = 0 };
	fn_runs = true;
	fn_runs = false;
ack:
	atomic {
		thread_ack--;
		if
		:: thread_ack == 0 -> goto publish
		:: thread_ack != 0 && curstate != 4 -> goto look
		:: thread_ack != 0 && curstate == 4 -> goto leave
		fi
	};
publish:
	next = state;
	thread_ack = N;
	atomic {
		state = next + 1;
		next = 0;
		if
		:: curstate != 4 -> goto look
		:: else -> goto leave
		fi
	};
leave:
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
