-- Peterson's filter lock: the twin of tests/programs/filter5.ls for Rumur, one rule for each of its transitions.
const N: 5;

type
  process: 0..N - 1;
  pc_t: enum { outside, announce, claim, scan, critical, leaving };

var
  level: array [process] of 0..N;
  last: array [process] of process;
  inside: 0..N;
  processes: array [process] of record
    pc: pc_t;
    l: 0..N;
    k: 0..N;
  end;

ruleset i: process do
  alias me: processes[i] do
    rule "outside" me.pc = outside ==> begin me.l := 1; me.pc := announce; end;
    rule "announce" me.pc = announce ==> begin level[i] := me.l; me.pc := claim; end;
    rule "claim" me.pc = claim ==> begin last[me.l] := i; me.k := 0; me.pc := scan; end;
    rule "scan" me.pc = scan & me.k < N & (me.k = i | level[me.k] < me.l | last[me.l] != i) ==>
      begin me.k := me.k + 1; end;
    rule "next level" me.pc = scan & me.k = N & me.l < N - 1 ==> begin me.l := me.l + 1; me.pc := announce; end;
    rule "enter" me.pc = scan & me.k = N & me.l = N - 1 ==> begin me.pc := critical; end;
    rule "critical" me.pc = critical ==> begin inside := inside + 1; me.pc := leaving; end;
    rule "leaving" me.pc = leaving ==>
      begin inside := inside - 1; level[i] := 0; me.l := 0; me.k := 0; me.pc := outside; end;
  end;
end;

startstate begin
  inside := 0;
  for i: process do
    level[i] := 0;
    last[i] := 0;
    processes[i].pc := outside;
    processes[i].l := 0;
    processes[i].k := 0;
  end;
end;

invariant "mutual exclusion" inside <= 1;
