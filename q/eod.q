/ q/eod.q
/ purpose: the end of day: brings the log of an ended date into the database, as a process of its own that can be run
/          again at any time, with the same outcome.
/ flow:    LOG -> in pieces, each row under its own trading date -> q/feed.q: .feed.batch, .feed.merge -> .feed.ended
/ rules:   every version of a bar is sent: the loader keeps the last, and the superseded ones in their own tables. Bars
/          that came late go to the date on which they were traded. The log is only read.
/ crash:   what was staged and not merged is staged anew, and merging the same rows twice changes nothing. While the
/          loader is away, or cannot merge, this process waits and begins anew.
/ launch:  q q/eod.q -log /data/log/stocks.2026.01.05 -market stocks -loader :5013
/          massive-kdb q q/eod.q -log /data/log/stocks.2026.01.05 -market stocks -loader :5013
/          q/rdb.q starts it when a date has ended; by hand or from cron it does no harm.
/ options: -wait SECONDS  how long to wait for the loader                                      3600
/          -rows ROWS     rows to send at once                                                50000
/ ends:    0 done, 64 wrong options, 65 the loader refuses rows, 69 another process does it, or the loader stayed away,
/          74 the log cannot be read, 75 the loader could not merge: run it again later, 78 the loader is of another market

.eod.folder:1_string first ` vs hsym .z.f;
.eod.load:{[script] system"l ",$[count .eod.folder;.eod.folder;"."],"/",script};
.eod.load each ("schema.q";"calendar.q";"disk.q";"log.q");

/ globals
/ .eod.schema   table -> its columns, empty
/ .eod.bars     tables whose rows say by their start on which date they were traded
/ .eod.whole    tables without partitions
/ .eod.buffer   table -> batches that wait to be sent
/ .eod.waiting  rows of these
/ .eod.number   batches that were sent
/ .eod.sent     rows of these
/ .eod.left     rows that are left out, by reason
.eod.schema:{x!value each x} tables`.;
.eod.bars:`agg1s`agg1m;
.eod.whole:enlist `agg1d;

/ @desc   Begins with nothing.
.eod.reset:{[]
  .eod.buffer:()!();
  .eod.waiting:.eod.number:.eod.sent:0;
  .eod.left:(`symbol$())!`long$();
  };

/ @desc   Takes a batch out of the log.
.eod.take:{[name;columns]
  rows:count first columns;
  if[not name in key .eod.schema;:.eod.leave["of tables that the database does not have";rows]];
  schema:.eod.schema name;
  if[not (type each value flip schema)~type each columns;:.eod.leave["in other columns than those of ",string name;rows]];
  batch:flip cols[schema]!columns;
  if[name in .eod.bars,.eod.whole;
    isBar:not null[batch`start]|null batch`sym;
    .eod.leave["without sym or start";sum not isBar];
    batch:batch where isBar];
  .eod.buffer[name]:$[name in key .eod.buffer;.eod.buffer[name],enlist batch;enlist batch];
  .eod.waiting+:count batch;
  if[.eod.waiting>=.eod.most;.eod.flush[]];
  };

.eod.leave:{[reason;rows] if[rows;.eod.left[`$reason]:rows+0^.eod.left `$reason];};

/ @desc   Sends what waits.
.eod.flush:{[]
  buffer:.eod.buffer;
  .eod.buffer:()!();
  .eod.waiting:0;
  {[name;batches] .eod.send[name;raze batches]}'[key buffer;value buffer];
  };

/ @desc   Sends rows of a table, date by date.
.eod.send:{[name;rows]
  dates:$[name in .eod.bars;.cal.date[.eod.market;rows`start];count[rows]#$[name in .eod.whole;0Nd;.eod.date]];
  groups:group dates;
  {[name;day;rows]
    .eod.handle(`.feed.batch;.eod.unit;.eod.number;name;day;value flip rows);
    .eod.number+:1;
    .eod.sent+:count rows;
    }[name]'[key groups;rows each value groups];
  };

/ @desc   Brings the log into the database.
/ @return {table} table date staged rows superseded, as .feed.merge
/ @signal what the loader signals
.eod.run:{[]
  .eod.reset[];
  .eod.handle(`.feed.begin;.eod.unit);
  messages:first .log.extent .eod.file;
  -11!(messages;hsym `$.eod.file);
  .eod.flush[];
  staged:.eod.handle(`.feed.end;.eod.unit;.eod.sent);
  groups:staged[`date] group staged`table;
  merged:raze {[name;days] `table xcols update table:name from .eod.handle(`.feed.merge;name;days)}'[key groups;value groups];
  .eod.handle(`.feed.ended;.eod.date;messages);
  -1 string[.eod.date],": ",string[messages]," batches, ",string[.eod.sent]," rows";
  {[reason;rows] -2 string[rows]," rows ",reason," are left out; the log has them"}'[string key .eod.left;value .eod.left];
  if[count merged;-1 .Q.s merged];
  };

/ @desc   Connects to the loader.
/ @signal usage if it is one of another market, and what hopen signals
.eod.connect:{[]
  .eod.handle:hopen (.eod.loader;5000);
  found:.eod.handle(`.feed.hello;::);
  if[not .eod.market~found`market;'"market: the loader at ",(1_string .eod.loader)," is one of ",string found`market];
  };

/ globals
/ .eod.refusals  words with which the loader refuses rows that will not get better by themselves
.eod.refusals:`table`type`length`date`start`sym`source`column!8#65;

/ @desc   Does it, again and again until it is done or time is up.
.eod.persist:{[]
  said:"";
  while[1b;
    failed:@[{[wanted] .eod.connect[];`eod};::;{[failed] failed}];
    isThere:failed~`eod;
    if[isThere;failed:@[{[wanted] .eod.run[];`eod};::;{[failed] failed}]];
    if[failed~`eod;exit 0];
    @[hclose;.eod.handle;::];
    word:`$first ":" vs failed;
    if[word~`market;-2 failed;exit 78];
    if[isThere&word in key .eod.refusals;-2 failed;exit .eod.refusals word];
    if[not failed~said;-2 $[isThere;"the loader could not do it: ";"waiting for the loader: "],failed;said:failed];
    if[.eod.until<.z.p;exit $[isThere;75;69]];
    system"sleep 1"];
  };

/ @desc   Reads the options.
/ @signal usage, path, lock, read
.eod.start:{[]
  options:.Q.opt .z.x;
  if[not all `log`market`loader in key options;
    '"usage: q q/eod.q -log FILE -market MARKET -loader HOST:PORT [-wait SECONDS] [-rows ROWS]"];
  .eod.market:`$first options`market;
  if[not .eod.market in key .cal.standard;
    '"usage: -market ",string[.eod.market],": expected one of ",", " sv string key .cal.standard];
  .eod.file:.disk.path first options`log;
  .eod.date:"D"$-10#.eod.file;
  if[null .eod.date;'"usage: -log ",.eod.file,": expected a name that ends in a date, YYYY.MM.DD"];
  .eod.most:.eod.option[options;`rows;50000];
  .eod.until:.z.p+0D00:00:01*.eod.option[options;`wait;3600];
  .eod.loader:`$":",first options`loader;
  .eod.unit:`$"eod.",string .eod.date;
  .eod.handle:0Ni;
  if[.log.isShort .eod.file;'"read: ",.eod.file," is no log"];
  .eod.warn .log.extent .eod.file;
  .disk.work:.eod.file,".eod";
  .disk.make .disk.work;
  .disk.lock .disk.work;
  upd::.eod.take;
  };

.eod.warn:{[extent]
  behind:(hcount hsym `$.eod.file)-extent 1;
  if[behind;-2 string[behind]," bytes at the end of the log are no whole message and are left out"];
  };

.eod.option:{[options;name;otherwise]
  number:$[name in key options;"J"$first options name;otherwise];
  if[null[number]|number<1;'"usage: -",string[name]," ",first[options name],": expected a number"];
  number
  };

/ globals
/ .eod.exitCodes  by the word with which a signal begins; 74 for others
.eod.exitCodes:`usage`path`lock!64 78 69;

@[.eod.start;::;{[failed] -2 failed;exit 74^.eod.exitCodes `$first ":" vs failed}];
.eod.persist[];
