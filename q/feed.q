/ q/feed.q
/ purpose: the loader: takes rows from the feed, merges them into the database and publishes the result to readers.
/          Nobody else writes the database.
/ flow:    massive-kdb backfill -> .feed.begin .feed.chunk ... .feed.end -> .feed.merge -> new generation -> readers
/ launch:  q q/feed.q -root /data/hdb/stocks -market stocks -p 5013
/          massive-kdb q q/feed.q -root /data/hdb/stocks -market stocks -p 5013
/ options: -lease SECONDS     how long a reader that is gone holds its generation      60
/          -grace SECONDS     how long every replaced version stays                    60
/          -compression LIST  logical block size, algorithm, level; none               17,2,6

.feed.folder:1_string first ` vs hsym .z.f;
.feed.load:{[script] system"l ",$[count .feed.folder;.feed.folder;"."],"/",script};
.feed.load each ("schema.q";"disk.q";"calendar.q";"merge.q";"partition.q";"chunk.q";"stage.q";"generation.q";"lease.q");

/ @desc   Version of the protocol below; the feed refuses another one.
.feed.protocol:1;

/ @desc   Who this is.
/ @return {dict}
.feed.hello:{[]
  `protocol`market`root`identity`generation!(.feed.protocol;.feed.market;.part.root;string .part.identity;.gen.current)
  };

.feed.begin:{[unit] .stage.begin unit;};
.feed.chunk:{[unit;number;chunk]
  if[not chunk[`mkt]~.feed.market;'"market: this database is one of ",string .feed.market];
  .stage.chunk[unit;number;chunk]
  };
.feed.end:{[unit;rows] .stage.end[unit;rows]};
.feed.drop:{[unit] .stage.drop unit;};
.feed.waiting:{[] .stage.waiting[]};

/ @desc   Rows that the database holds.
/ @param  name {symbol} a table
/ @param  days {date[]} empty for a table without partitions
/ @return {table} date rows
.feed.counts:{[name;days]
  days:$[name in key .part.whole;enlist 0Nd;days];
  ([]date:days;rows:{[name;day] count .part.read[name;day;.gen.version[name;day]]}[name] each days)
  };

/ @desc   Merges all that is staged of a table on some dates, and publishes it as one generation.
/ @param  name {symbol}
/ @param  days {date[]} all that waits where it is empty
/ @return {table} date staged rows superseded: rows staged, in the database now, and superseded by this
.feed.merge:{[name;days]
  waiting:select from .stage.waiting[] where table=name;
  if[count days;waiting:select from waiting where date in days];
  isWhole:name in key .part.whole;
  groups:$[isWhole;enlist[0Nd]!enlist waiting;waiting group waiting`date];
  if[0=count waiting;groups:()!()];
  results:.feed.mergeOne[name]'[key groups;value groups];
  changes:raze enlist[0#.gen.catalog],results[;`changes];
  if[count changes;.gen.publish changes;.lease.announce[]];
  {[name;staged] .stage.merged[staged`unit;name] each distinct staged`date}[name] each value groups;
  .feed.collect[];
  raze enlist[([]date:`date$();staged:`long$();rows:`long$();superseded:`long$())],results[;`summary]
  };

/ @desc   Merges the staged rows of one date, or of a table without partitions, into its version.
.feed.mergeOne:{[name;day;staged]
  new:raze {[name;staged;day] .stage.read[exec unit from staged where date=day;name;day]}[name;staged] each
    distinct staged`date;
  old:.part.read[name;day;.gen.version[name;day]];
  bars:.merge.bars old,new;
  changes:0#.gen.catalog;
  if[not old~bars`merged;changes,:.feed.write[name;day;bars`merged]];
  if[count bars`superseded;changes,:.feed.supersede[name;day;bars`superseded]];
  summary:enlist `date`staged`rows`superseded!(day;count new;count bars`merged;count bars`superseded);
  `changes`summary!(changes;summary)
  };

.feed.write:{[name;day;rows]
  .part.write[name;day;.gen.next[];rows];
  enlist `table`date`version!(name;day;.gen.next[])
  };

/ @desc   Adds to the superseded versions of a table, each once.
.feed.supersede:{[name;day;rows]
  revisions:.part.revisions name;
  kept:.part.read[revisions;day;.gen.version[revisions;day]];
  .feed.write[revisions;day;`sym`start`recv xasc distinct kept,rows]
  };

/ @desc   Removes what no reader needs any more.
.feed.collect:{[] .lease.expire[];.gen.collect .lease.oldest[];};

/ @desc   Reads the options and opens the database.
.feed.start:{[]
  options:.Q.opt .z.x;
  if[not all `root`market in key options;
    -2 "usage: q q/feed.q -root DIRECTORY -market MARKET -p PORT";exit 64];
  .feed.market:`$first options`market;
  if[not .feed.market in key .cal.standard;
    -2 "-market ",string[.feed.market],": expected one of ",", " sv string key .cal.standard;exit 64];
  if[`lease in key options;.lease.duration:0D00:00:01*"J"$first options`lease];
  if[`grace in key options;.gen.grace:0D00:00:01*"J"$first options`grace];
  if[`compression in key options;.part.compression:"J"$"," vs first options`compression];
  if[any null .part.compression;.part.compression:()];
  root:.disk.path first options`root;
  .disk.make root;
  .disk.lock root;
  .part.open root;
  .stage.start[];
  .lease.open[];
  .gen.open exec distinct generation from .lease.holders;
  };

.z.pc:{[handle] .lease.closed handle;};
.z.ts:{[now] .feed.collect[];};
@[.feed.start;::;{-2 x;exit 74}];
if[not system"t";system"t 1000"];
