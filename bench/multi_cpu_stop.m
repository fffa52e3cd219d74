-- The twin of models/scenarios/multi_cpu_stop.c for Rumur: one rule for each step of ours. CPUs are a scalarset; the one
-- that runs the function is chosen at the start, so that it may be any without being told apart in a literal.
const N: 8;

type
  cpu_t: scalarset(N);
  pc_t: enum { start, begun, look, irq, fn_read, fn_write, fn_begin, fn_end, ack, publish_read, publish_count, publish,
               leave, done };

var
  active: cpu_t;
  state: 1..5;
  thread_ack: 0..N;
  calls: 0..255;
  fn_runs: boolean;
  cpus: array [cpu_t] of record
    pc: pc_t;
    curstate: 0..5;
    next: 0..255;
    irqs_off: boolean;
  end;

ruleset c: cpu_t do
  alias me: cpus[c] do
    rule "start" me.pc = start ==> begin me.pc := begun; end;
    rule "begun" me.pc = begun ==> begin me.pc := look; end;
    rule "look" me.pc = look & state != me.curstate ==>
    begin
      me.curstate := state;
      if state = 2 then
        me.pc := irq;
      elsif state = 3 & c = active then
        me.pc := fn_read;
      else
        me.pc := ack;
      end;
    end;
    rule "irq" me.pc = irq ==> begin me.irqs_off := true; me.pc := ack; end;
    rule "fn_read" me.pc = fn_read ==> begin me.next := calls; me.pc := fn_write; end;
    rule "fn_write" me.pc = fn_write ==> begin calls := me.next + 1; me.next := 0; me.pc := fn_begin; end;
    rule "fn_begin" me.pc = fn_begin ==> begin fn_runs := true; me.pc := fn_end; end;
    rule "fn_end" me.pc = fn_end ==> begin fn_runs := false; me.pc := ack; end;
    rule "ack" me.pc = ack ==>
    begin
      thread_ack := thread_ack - 1;
      if thread_ack = 0 then
        me.pc := publish_read;
      elsif me.curstate = 4 then
        me.pc := leave;
      else
        me.pc := look;
      end;
    end;
    rule "publish_read" me.pc = publish_read ==> begin me.next := state; me.pc := publish_count; end;
    rule "publish_count" me.pc = publish_count ==> begin thread_ack := N; me.pc := publish; end;
    rule "publish" me.pc = publish ==>
    begin
      state := me.next + 1;
      me.next := 0;
      if me.curstate = 4 then
        me.pc := leave;
      else
        me.pc := look;
      end;
    end;
    rule "leave" me.pc = leave ==>
    begin
      me.irqs_off := false;
      me.pc := done;
      assert calls = 1;
    end;
  end;
end;

ruleset a: cpu_t do
  startstate begin
    active := a;
    state := 1;
    thread_ack := N;
    calls := 0;
    fn_runs := false;
    for c: cpu_t do
      cpus[c].pc := start;
      cpus[c].curstate := 0;
      cpus[c].next := 0;
      cpus[c].irqs_off := false;
    end;
  end;
end;
