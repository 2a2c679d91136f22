/ q/tick.q
/ purpose: a tickerplant: logs each batch, then passes it to subscribers; keeps no rows. What is sent again by the feed
/          is taken once, also after a kill -9 of this process at any point.
/ flow:    massive-kdb start -> .fh.upd[source;sequence;table;columns] -> LOG -> (`upd;table;rows) to each subscriber
/          other feeds       -> .u.upd[table;columns]                  -> the same
/ launch:  q q/tick.q -log /data/log -market stocks -p 5010
/          massive-kdb q q/tick.q -log /data/log -market stocks -p 5010
/ options: -log DIRECTORY  of the logs DIRECTORY/MARKET.YYYY.MM.DD; without it nothing is logged
/          -market MARKET  the day rolls when this market's trading date does, whatever the zone of this process;
/                          without it at midnight of the process's own zone (TZ)
/          -queue MIB      a subscriber for whom more is queued is cut off                   512
/ ends:    64 wrong options, 69 another process writes the logs, 74 a log cannot be read or written
/ rules:   the log holds (`upd;table;columns) only, so that any subscriber can replay it with -11!; what was seen of
/          which source is beside it (q/seen.q). KX's own r.q and u.q clients can subscribe.

.u.folder:1_string first ` vs hsym .z.f;
.u.load:{[script] system"l ",$[count .u.folder;.u.folder;"."],"/",script};
.u.load "schema.q";
.u.t:tables`.;
.u.load each ("calendar.q";"disk.q";"log.q";"seen.q");

/ globals
/ .u.t          names of the tables
/ .u.w          subscribers: table -> list of (handle;symbols), where symbols ` means all
/ .u.d          the date under which batches are filed now
/ .u.next       when the next date begins, UTC
/ .u.i          messages in the log of that date; null without a log
/ .u.l          handle of the log; 0 without one
/ .u.L          its file
/ .u.types      table -> types of its columns
/ .u.market     whose trading dates these are; null for those of the process's zone
/ .u.directory  of the logs, an absolute path; empty for none
/ .u.queue      bytes that may be queued for a subscriber
/ .u.now        the clock, UTC
.u.w:.u.t!count[.u.t]#enlist();
.u.types:.u.t!{type each value flip value x} each .u.t;
.u.market:`;
.u.directory:"";
.u.now:{[] .z.p};

/ @desc   Takes a batch of a source that numbers its batches, unless it has been taken before.
/ @param  source   {symbol}
/ @param  sequence {long}
/ @param  table    {symbol} name of a table of the schema
/ @param  columns  {list}   its columns as vectors of equal length
/ @return {boolean} whether it was new
/ @signal as .u.upd; ended if its bars are of a date that has ended here: they would be filed under another
.fh.upd:{[source;sequence;table;columns]
  if[not -11 -7h~type each (source;sequence);'"type"];
  if[.seen.has[source;sequence];:0b];
  given:.u.check[table;columns];
  .u.rollIfDue[];
  if[.u.hasEnded[table;given];'"ended"];
  .seen.note[.u.i;source;sequence];
  .u.log[table;given];
  .seen.add[source;sequence];
  .u.pub[table;given];
  1b
  };

/ @desc   Takes a batch.
/ @param  table   {symbol} name of a table of the schema
/ @param  columns {list}   its columns, or one row's values; where the first is no timespan, the time is put before it
/ @signal the table's name if there is no such table; type, length if the columns are not its columns
.u.upd:{[table;columns]
  given:.u.check[table;columns];
  .u.rollIfDue[];
  .u.log[table;given];
  .u.pub[table;given];
  };

/ @desc   Compares a batch with the schema, before anything is done with it.
/ @return {list} columns as vectors
.u.check:{[table;columns]
  if[not -11 0h~type each (table;columns);'"type"];
  if[not table in .u.t;'string table];
  if[0=count columns;'"length"];
  given:$[-16h=type first first columns;columns;.u.addTime columns];
  if[0>type first given;given:enlist each given];
  if[not count[given]=count .u.types table;'"length"];
  if[not .u.types[table]~type each given;'"type"];
  if[1<count distinct count each given;'"length"];
  given
  };

.u.addTime:{[columns]
  now:.u.now[];
  time:$[null .u.market;"n"$ltime now;first .cal.time[.u.market;.u.d;enlist now]];
  $[0>type first columns;time,columns;enlist[count[first columns]#time],columns]
  };

/ @desc   Appends a batch to the log, or ends the process.
.u.log:{[table;columns]
  if[.u.l;.log.append[.u.l;(`upd;table;columns)];.u.i+:1];
  };

/ @desc   Passes a batch to the subscribers of a table, each the symbols that it asked for.
.u.pub:{[table;columns]
  if[count .u.w table;
    .u.send[table;flip cols[table]!columns] each .u.w table];
  };

/ @desc   Who has subscribed to all symbols gets all batches, so that it can count the messages of the log.
.u.send:{[table;rows;subscriber]
  isAll:`~subscriber 1;
  if[not isAll;rows:select from rows where sym in subscriber 1];
  if[isAll|count rows;@[neg subscriber 0;(`upd;table;rows);{[failed] -2 "a subscriber cannot be reached: ",failed}]];
  };

/ @desc   Subscribes the caller; a second call for a table replaces the first.
/ @param  table   {symbol}          a table, or ` for all
/ @param  symbols {symbol|symbol[]} symbols, or ` for all
/ @return {list} (table;empty table), or a list of them
/ @signal the table's name if there is no such table
.u.sub:{[table;symbols]
  if[table~`;:.z.s[;symbols] each .u.t];
  if[not table in .u.t;'string table];
  .u.leave[.z.w;table];
  .u.w[table],:enlist(.z.w;symbols);
  (table;update `g#sym from value table)
  };

.u.leave:{[handle;table]
  .u.w[table]:.u.w[table] where not handle=.u.w[table][;0];
  };

.u.handles:{[] distinct raze value .u.w[;;0]};

/ @desc   Tells subscribers that a date has ended.
.u.end:{[date]
  {[date;handle] @[neg handle;(`.u.end;date);::];}[date] each .u.handles[];
  };

/ @desc   Cuts off subscribers that do not read, so that what is queued for them does not fill the memory.
.u.cutOff:{[]
  queued:sum each .z.W;
  late:.u.handles[] inter where queued>.u.queue;
  {[queued;handle]
    -2 "subscriber ",string[handle]," is cut off: ",string[queued handle]," bytes are queued for it";
    hclose handle;
    .u.leave[handle] each .u.t;
    }[queued] each late;
  };

/ @desc   The date to which an instant belongs, and the instant at which a date begins.
.u.dateOf:{[instant] $[null .u.market;"d"$ltime instant;first .cal.date[.u.market;enlist instant]]};
.u.beginOf:{[date] $[null .u.market;gtime "p"$date;first .cal.begin[.u.market;enlist date]]};

/ @desc   How far the clock by whose midnight the day rolls is ahead of UTC.
/ @return {timespan}
.u.offset:{[]
  now:.u.now[];
  $[null .u.market;ltime[now]-now;.cal.roll[.u.market]+first .cal.offset[.u.market;enlist now]]
  };

/ @desc   Whether the bars of a batch, which are of one trading date, are of one that has ended.
.u.hasEnded:{[table;columns]
  at:cols[table]?`start;
  if[null[.u.market]|at=count columns;:0b];
  .u.d>first .cal.date[.u.market;1#columns at]
  };

/ @desc   Ends the date when it is over.
.u.rollIfDue:{[] if[.u.next<=now:.u.now[];.u.roll .u.dateOf now];};

/ @desc   Ends the date now; by hand, where it has to be before its time.
.u.endofday:{[] .u.roll .u.d+1;};

/ @desc   Ends the date for this process and its subscribers, and begins another.
.u.roll:{[date]
  ended:.u.d;
  if[.u.l;
    hclose .u.l;
    .u.begin date;
    .[.u.openLog;(.u.path date;.seen.roll);.log.fail]];
  if[not .u.l;.u.begin date];
  .u.end ended;
  };

.u.begin:{[date]
  .u.d:date;
  .u.next:.u.beginOf date+1;
  };

.u.path:{[date] .u.directory,"/",string[.u.market],".",string date};

/ @desc   Opens the log of the date.
/ @param  openSeen {function} of path, messages and date: opens what was seen
.u.openLog:{[path;openSeen]
  opened:.log.open path;
  openSeen[path;opened 1;.u.d];
  .u.l:opened 0;
  .u.i:opened 1;
  .u.L:hsym `$path;
  };

/ @desc   Dates of the logs that are there.
/ @return {date[]} ascending
.u.logged:{[]
  dates:"D"$(1+count string .u.market)_'.disk.names .u.directory;
  asc dates where .disk.exists each .u.path each dates
  };

/ @desc   Opens the logs' directory, alone, and the log of the date.
.u.startLog:{[directory]
  .u.directory:.disk.path directory;
  .disk.make work:.u.directory,"/",string[.u.market],".work";
  .disk.work:work;
  .disk.lock work;
  .disk.settle[];
  dates:.u.logged[];
  if[.u.d<last dates;-2 "there is a log of ",string[last dates],", and it is ",string[.u.d],": see whether the clock is right"];
  earlier:.u.path each -1 sublist dates where dates<.u.d;
  later:.u.path each dates where dates>.u.d;
  .u.openLog[.u.path .u.d;.seen.open[;;;earlier;later]];
  };

/ @desc   Reads the options and begins the day.
/ @signal usage, path, lock, and what the disk signals
.u.start:{[]
  options:.Q.opt .z.x;
  if[`market in key options;.u.market:`$first options`market];
  if[not .u.market in `,key .cal.standard;
    '"usage: -market ",string[.u.market],": expected one of ",", " sv string key .cal.standard];
  if[(`log in key options)&null .u.market;'"usage: -log needs -market, which names the logs and ends the day"];
  mebibytes:$[`queue in key options;"J"$first options`queue;512];
  if[null[mebibytes]|mebibytes<1;'"usage: -queue ",first[options`queue],": expected a number of MiB"];
  .u.queue:mebibytes*1024*1024;
  .u.begin .u.dateOf .u.now[];
  .u.l:0;
  .u.i:0N;
  .u.L:`;
  if[`log in key options;.u.startLog first options`log];
  .z.pc:{[handle] .u.leave[handle] each .u.t;};
  .z.ts:{[now] .u.rollIfDue[];.u.cutOff[];};
  if[not system"t";system"t 1000"];
  };

/ globals
/ .u.exitCodes  by the word with which a signal begins; 74 for others
.u.exitCodes:`usage`path`lock!64 78 69;

@[.u.start;::;{[failed] -2 failed;exit 74^.u.exitCodes `$first ":" vs failed}];
