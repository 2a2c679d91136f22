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
.rdb.load each ("disk.q";"log.q");

/ globals
/ .rdb.tables    names of the tables: those of the tickerplant
/ .rdb.date      the date whose rows the tables hold; null before the tickerplant has said it
/ .rdb.taken     messages of that date's log that they hold
/ .rdb.skip      while a log is replayed: messages at its begin that are here already
/ .rdb.left      while a log is replayed: batches that do not fit a table, as an earlier release wrote them
/ .rdb.logs      path of the logs without the date; empty where there are none
/ .rdb.ended     dates that are set aside: messages of their logs, and when q/eod.q was last started
/ .rdb.aside     date -> table -> rows
/ .rdb.handle    connection to the tickerplant; null while it is away
/ .rdb.asked     connection to the loader; null while it is away
/ .rdb.tried     when the loader was last looked for
/ .rdb.checked   when the tickerplant was last asked how many messages there are
/ .rdb.said      what went wrong last, so that it is said once
/ .rdb.recent    ended dates that are looked for at the start
/ .rdb.patience  after which q/eod.q is started again for a date that is not in the database
.rdb.tables:`symbol$();
.rdb.date:0Nd;
.rdb.taken:0;
.rdb.skip:0;
.rdb.left:(`symbol$())!`long$();
.rdb.logs:"";
.rdb.ended:([day:`date$()] messages:`long$();started:`timestamp$());
.rdb.aside:(`date$())!();
.rdb.handle:0Ni;
.rdb.asked:0Ni;
.rdb.tried:.rdb.checked:-0Wp;
.rdb.said:"";
.rdb.recent:10;
.rdb.patience:0D00:10;

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

/ @desc   Sets the current date aside, unless nothing came on it, and begins another.
/ @param  following {date}
.rdb.end:{[following]
  day:.rdb.date;
  if[0=.rdb.taken;.rdb.begin following;:()];
  .rdb.aside[day]:.rdb.tables!value each .rdb.tables;
  `.rdb.ended upsert (day;.rdb.taken;0Np);
  .rdb.begin following;
  -1 string[day]," has ended: ",.rdb.text[day]," are set aside";
  if[null .rdb.loader;.rdb.drop each key[.rdb.aside] except day];
  };

.rdb.text:{[day] string[sum count each .rdb.aside day]," rows of ",string[.rdb.ended[day]`messages]," batches"};

.rdb.begin:{[day]
  .rdb.date:day;
  .rdb.taken:0;
  @[`.;.rdb.tables;{update `g#sym from 0#x}];
  };

/ @desc   Forgets a date that others serve, and notes it for the next start.
.rdb.drop:{[date]
  -1 string[date]," is dropped: ",.rdb.text date;
  .rdb.aside:(enlist date) _ .rdb.aside;
  delete from `.rdb.ended where day=date;
  if[count .rdb.logs;.rdb.note date];
  .Q.gc[];
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

/ @desc   Takes up ended dates that had not been dropped when this process ended.
.rdb.recover:{[day]
  if[null .rdb.loader;:()];
  days:.rdb.logged[];
  days:(days where days<day) except .rdb.dropped[];
  {[day] .rdb.begin day;.rdb.readLog[day;0N];.rdb.end day+1;} each neg[.rdb.recent] sublist days;
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

/ globals
/ .rdb.keep  dropped dates that are remembered
.rdb.keep:100;

.rdb.dropped:{[] $[.disk.exists path:.rdb.logs,"dropped";get hsym `$path;`date$()]};

.rdb.note:{[day]
  path:.rdb.logs,"dropped";
  (hsym `$path,".part") set neg[.rdb.keep] sublist asc distinct .rdb.dropped[],day;
  system"mv -f ",path,".part ",path;
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

/ @desc   Asks the loader, without waiting for it, which of the ended dates its readers have.
.rdb.ask:{[]
  if[(0=count .rdb.ended)|null .rdb.loader;:()];
  if[null .rdb.asked;
    if[.z.p<.rdb.tried+0D00:00:10;:()];
    .rdb.tried:.z.p;
    .rdb.asked:@[hopen;(.rdb.loader;500);0Ni];
    if[null .rdb.asked;:.rdb.say "the loader is away: what has ended is kept"]];
  @[neg .rdb.asked;(`.feed.tellServed;exec day!messages from .rdb.ended);{[failed] -2 "the loader cannot be asked: ",failed}];
  };

/ @desc   Called by the loader.
/ @param  served {date[]} dates that its readers have: these are dropped
/ @param  merged {date[]} dates that it has; the end of day of others is started
.rdb.served:{[served;merged]
  .rdb.drop each served inter key .rdb.aside;
  .rdb.startEod each exec day from .rdb.ended where not day in merged,(null started)|started<.z.p-.rdb.patience;
  };

/ @desc   Starts the end of day of a date as a process of its own.
.rdb.startEod:{[date]
  update started:.z.p from `.rdb.ended where day=date;
  file:.rdb.logs,string date;
  command:" " sv (.rdb.eod;"-log";file;"-market";string .rdb.market;"-loader";1_string .rdb.loader);
  if[0=count .rdb.eod;-2 string[date]," is not in the database: run q q/eod.q ",command;:()];
  @[system;command," </dev/null >>",file,".eod.txt 2>&1 &";{[failed] -2 "q/eod.q cannot be started: ",failed}];
  -1 string[date],": end of day started, see ",file,".eod.txt";
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
