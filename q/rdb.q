/ q/rdb.q
/ purpose: the rows of the current date in memory, and those of ended dates until the database serves them.
/ flow:    tickerplant -> (`upd;table;rows) -> the tables here; (`.u.end;date) -> the date is set aside -> q/eod.q is
/          started -> the loader says that its readers have the date -> it is dropped
/ rules:   a tickerplant that comes back is followed exactly: what its log has and this process has not is replayed, be
/          it of the current date or of one that ended meanwhile. After a restart that holds for ended dates that were
/          not dropped yet, too. The tables hold the current date; .rdb.rows[table;date] gives any that is owned.
/ launch:  q q/rdb.q -tp :5010 -loader :5013 -market stocks -eod "q q/eod.q" -p 5011
/          massive-kdb q q/rdb.q -tp :5010 -loader :5013 -market stocks -eod "massive-kdb q q/eod.q" -p 5011
/ options: -tp HOST:PORT      the tickerplant; its log is read, so it is on this machine
/          -loader HOST:PORT  q/feed.q; without it one ended date is kept until the next has ended
/          -market MARKET     for q/eod.q
/          -eod COMMAND       starts q/eod.q; without it that is for somebody else to do
/ ends:    64 wrong options

.rdb.folder:1_string first ` vs hsym .z.f;
.rdb.load:{[script] system"l ",$[count .rdb.folder;.rdb.folder;"."],"/",script};
.rdb.load each ("disk.q";"log.q";"aside.q");

/ globals
/ .rdb.tables    names of the tables: those of the tickerplant
/ .rdb.date      the date whose rows the tables hold; null before the tickerplant has said it
/ .rdb.taken     messages of that date's log that they hold
/ .rdb.skip      while a log is replayed: messages at its begin that are here already
/ .rdb.left      while a log is replayed: batches that do not fit a table, as an earlier release wrote them
/ .rdb.logs      path of the logs without the date; empty where there are none
/ .rdb.handle    connection to the tickerplant; null while it is away
/ .rdb.checked   when the tickerplant was last asked how many messages there are
/ .rdb.said      what went wrong last, so that it is said once
.rdb.tables:`symbol$();
.rdb.date:0Nd;
.rdb.taken:0;
.rdb.skip:0;
.rdb.left:(`symbol$())!`long$();
.rdb.logs:"";
.rdb.handle:0Ni;
.rdb.checked:-0Wp;
.rdb.said:"";

/ @desc   Which dates' rows are here: of those that are set aside, and of the current one and all after it.
/ @param  dates {date[]}
/ @return {boolean[]}
.rdb.owns:{[dates] (dates in key .rdb.aside)|dates>=.rdb.date};

/ @desc   The dates that are set aside, and the current one.
/ @return {date[]}
.rdb.owned:{[] asc key[.rdb.aside],.rdb.date};

/ @desc   Rows of a table on a date.
/ @param  name {symbol} a table
/ @param  day  {date}
/ @return {table} without rows for a date that is not owned
.rdb.rows:{[name;day]
  $[day=.rdb.date;value name;day in key .rdb.aside;.rdb.aside[day;name];0#value name]
  };

/ @desc   Takes a batch.
/ @param  name {symbol}
/ @param  rows {table|list} a table from the tickerplant, columns from its log
.rdb.take:{[name;rows]
  name insert rows;
  .rdb.taken+:1;
  };

/ @desc   Takes a batch from a log, unless it is here already.
.rdb.replay:{[name;columns]
  if[.rdb.skip>0;.rdb.skip-:1;:()];
  .[insert;(name;columns);{[name;failed] .rdb.left[name]:1+0^.rdb.left name}[name]];
  .rdb.taken+:1;
  };

upd:.rdb.take;

/ @desc   The tickerplant has ended a date.
.u.end:{[day]
  if[not day=.rdb.date;:()];
  .rdb.end day+1;
  .rdb.check[];
  };

.rdb.begin:{[day]
  .rdb.date:day;
  .rdb.taken:0;
  @[`.;.rdb.tables;{update `g#sym from 0#x}];
  };

/ @desc   Goes to the tickerplant where it is not there, and follows it from what is here.
.rdb.connect:{[]
  if[not null .rdb.handle;:()];
  handle:@[hopen;(.rdb.tickerplant;1000);0Ni];
  if[null handle;:()];
  failed:@[{[handle] .rdb.follow handle;""};handle;::];
  if[count failed;
    @[hclose;handle;::];
    .rdb.say "the tickerplant cannot be followed: ",failed;
    :()];
  .rdb.handle:handle;
  .rdb.said:"";
  -1 "following the tickerplant: ",string[.rdb.date],", ",string[.rdb.taken]," batches so far";
  };

/ @desc   Reads most of the log before it subscribes, while nothing is queued for this process; then the rest of it,
/         up to the message with which the subscription begins.
.rdb.follow:{[handle]
  facts:handle"(.u.t!{0#value x} each .u.t;.u`d`i`L)";
  .rdb.define facts 0;
  .rdb.catchUp . facts 1;
  .rdb.catchUp . last handle"(.u.sub[`;`];.u`d`i`L)";
  };

/ @desc   Takes the tables of the tickerplant.
/ @param  schemas {dict} table -> rows, none
/ @signal schema if there were others before
.rdb.define:{[schemas]
  if[count .rdb.tables;
    shape:{[rows] (cols rows;type each value flip rows)};
    if[not (shape each value each .rdb.tables)~shape each schemas .rdb.tables;
      '"schema: its tables are others than before; restart this process"];
    :()];
  .rdb.tables:key schemas;
  set'[key schemas;{update `g#sym from x} each value schemas];
  };

/ @desc   Follows the tickerplant to where it is.
/ @param  day      {date}   under which it files
/ @param  messages {long}   in its log; null without one
/ @param  file     {symbol} its log
.rdb.catchUp:{[day;messages;file]
  if[null messages;:.rdb.catchUpUnlogged day];
  .rdb.logs:-10_1_string file;
  if[null .rdb.date;.rdb.recover day;.rdb.begin day];
  if[.rdb.date<day;.rdb.finish day];
  if[.rdb.date>day;
    -2 "the tickerplant is back at ",string[day],": what is here of ",string[.rdb.date]," is read from its log again later";
    .rdb.begin day];
  .rdb.readLog[day;messages];
  };

/ @desc   Goes on with a tickerplant that has no log: what it sent meanwhile is not here.
.rdb.catchUpUnlogged:{[day]
  if[null .rdb.date;:.rdb.begin day];
  if[.rdb.date<day;.rdb.end day];
  };

/ @desc   Ends the current date, and those between it and another, each with all that its log has.
.rdb.finish:{[day]
  days:.rdb.logged[];
  {[day] if[.rdb.date<day;.rdb.end day];.rdb.readLog[day;0N];} each days where days within .rdb.date,day-1;
  .rdb.end day;
  };

/ @desc   Dates of the logs that are there.
/ @return {date[]} ascending
.rdb.logged:{[]
  parts:"/" vs .rdb.logs;
  prefix:last parts;
  names:.disk.names "/" sv -1_parts;
  asc "D"$count[prefix]_'names where (names like prefix,"????.??.??")
  };

/ @desc   Reads what a log has and this process has not.
/ @param  messages {long} to read up to; null for all that are whole
/ @signal what -11! signals
.rdb.readLog:{[day;messages]
  path:.rdb.logs,string day;
  if[.log.isShort path;-2 path," cannot be read: what it holds is not here";:()];
  whole:$[null messages;first .log.extent path;messages];
  if[whole<.rdb.taken;
    -2 path," has ",string[whole]," messages, ",string[.rdb.taken]," were taken: it is read from its begin";
    .rdb.begin day];
  if[whole=.rdb.taken;:()];
  .rdb.skip:.rdb.taken;
  .rdb.left:0#.rdb.left;
  upd::.rdb.replay;
  failed:.[{[whole;path] -11!(whole;hsym `$path);""};(whole;path);::];
  upd::.rdb.take;
  .rdb.skip:0;
  if[count .rdb.left;-2 path,": left out batches that do not fit: ",-3!.rdb.left];
  if[count failed;'failed];
  };

/ @desc   Asks the tickerplant where it is. Its answer comes after all that it sent before.
.rdb.check:{[]
  if[null .rdb.handle;:()];
  .rdb.checked:.z.p;
  neg[.rdb.handle]({[] neg[.z.w](`.rdb.compare;.u`d`i)};::);
  };

/ @desc   Compares; where this process is elsewhere, it follows the tickerplant anew.
/ @param  reached {list} date and messages
.rdb.compare:{[reached]
  if[not .z.w=.rdb.handle;:()];
  if[null reached 1;:()];
  if[reached~(.rdb.date;.rdb.taken);:()];
  -2 "the tickerplant is at ",(-3!reached),", this process at ",(-3!(.rdb.date;.rdb.taken)),": it follows anew";
  hclose .rdb.handle;
  .rdb.handle:0Ni;
  .rdb.begin .rdb.date;
  .rdb.connect[];
  };

.rdb.say:{[text] if[not text~.rdb.said;-2 text;.rdb.said:text];};

/ @desc   Reads the options and goes to the tickerplant.
/ @signal usage
.rdb.start:{[]
  options:.Q.opt .z.x;
  if[not `tp in key options;'"usage: q q/rdb.q -tp HOST:PORT [-loader HOST:PORT] [-market MARKET] [-eod COMMAND] -p PORT"];
  if[(`loader in key options)&not `market in key options;'"usage: -loader needs -market"];
  .rdb.tickerplant:`$":",first options`tp;
  .rdb.loader:$[`loader in key options;`$":",first options`loader;`];
  .rdb.market:$[`market in key options;`$first options`market;`];
  .rdb.eod:$[`eod in key options;first options`eod;""];
  .z.pc:.rdb.closed;
  .z.ts:.rdb.tick;
  .rdb.connect[];
  if[null .rdb.handle;.rdb.say "waiting for the tickerplant at ",first options`tp];
  if[not system"t";system"t 1000"];
  };

.rdb.closed:{[closed]
  if[closed=.rdb.handle;.rdb.handle:0Ni;.rdb.say "the tickerplant is away"];
  if[closed=.rdb.asked;.rdb.asked:0Ni];
  };

.rdb.tick:{[now]
  .rdb.connect[];
  .rdb.ask[];
  if[.rdb.checked<.z.p-0D00:01;.rdb.check[]];
  };

@[.rdb.start;::;{[failed] -2 failed;exit $[failed like "usage*";64;74]}];
