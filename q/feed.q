/ q/feed.q
/ purpose: the loader: takes rows from the feed, merges them into the database and publishes the result to readers.
/          Nobody else writes the database.
/ flow:    massive-kdb backfill -> .feed.begin .feed.chunk ... .feed.end -> .feed.merge -> new generation -> readers
/          late rows, end of day -> .feed.begin .feed.batch ... .feed.end -> the same
/ launch:  q q/feed.q -root /data/hdb/stocks -market stocks -p 5013
/          massive-kdb q q/feed.q -root /data/hdb/stocks -market stocks -p 5013
/ options: -plain HOST:PORT   publish to a stock HDB instead of readers; its limits: q/plain.q
/          -settle DATE       take over what another end of day wrote, and end: q/settle.q
/          -lease SECONDS     how long a reader that is gone holds its generation      60
/          -grace SECONDS     how long every replaced version stays                    60
/          -compression LIST  logical block size, algorithm, level; none               17,2,6
/          -tp HOST:PORT      without -root: print the bars of each second as they come
/ ends:    64 wrong options, 69 another process writes the root, 74 the disk, 78 the root is another one than asked for

.feed.folder:1_string first ` vs hsym .z.f;
.feed.load:{[script] system"l ",$[count .feed.folder;.feed.folder;"."],"/",script};
.feed.load each ("schema.q";"calendar.q";"reference.q";"disk.q";"merge.q";"partition.q";"chunk.q";"batch.q";"stage.q");
.feed.load each ("generation.q";"lease.q";"plain.q";"store.q";"ended.q";"settle.q";"reconcile.q";"watch.q");

/ globals
/ .feed.protocol  version of the protocol below; the feed refuses another one
/ .feed.market    the market of this database
/ .feed.noChange  changes of a database: none
.feed.protocol:1;
.feed.market:`;
.feed.noChange:([]table:`symbol$();date:`date$();version:`long$());

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
.feed.batch:{[unit;number;name;day;columns] .stage.batch[unit;number;.feed.market;name;day;columns]};
.feed.end:{[unit;rows] .stage.end[unit;rows]};
.feed.drop:{[unit] .stage.drop unit;};
.feed.waiting:{[] .stage.waiting[]};

/ @desc   Notes that the log of a date has been merged: see q/ended.q.
.feed.ended:{[date;messages] .ended.note[date;messages];};

/ @desc   Tells the caller, which does not wait, which of its dates are in the database.
/ @param  held {dict} date -> messages of its log
.feed.tellServed:{[held] neg[.z.w](`.rdb.served;.ended.served held;.ended.merged held);};

/ @desc   Merges all that is staged of a table on some dates, and publishes it at once.
/ @param  name {symbol}
/ @param  days {date[]} all that waits where it is empty
/ @return {table} date staged rows superseded: rows staged, in the database now, and superseded by this
.feed.merge:{[name;days]
  .store.prepare[];
  waiting:select from .stage.waiting[] where table=name;
  if[(0<count days)&not name in key .part.whole;waiting:select from waiting where date in days];
  if[0=count waiting;:([]date:`date$();staged:`long$();rows:`long$();superseded:`long$())];
  .part.loadSymbols[];
  groups:waiting group waiting`date;
  results:.[.feed.mergeStaged[name]';(key groups;value groups);{[failed] .part.discard[];'failed}];
  .feed.publish[raze results@\:`changes;()];
  .stage.merged waiting;
  .store.collect[];
  raze results@\:`summary
  };

/ @desc   Merges the staged rows of one date, or of a table without partitions, into its version.
.feed.mergeStaged:{[name;day;staged]
  new:.stage.read[staged`unit;name;day];
  held:.part.read[name;.store.path[name;day]];
  merged:$[.batch.tables name;.feed.mergeBars;.settle.keep][name;day;held;held;new];
  summary:enlist `date`staged`rows`superseded!(day;count new;merged`rows;merged`superseded);
  `changes`summary!(merged`changes;summary)
  };

/ @desc   Merges versions of bars into a date, and writes what is not there already.
/ @param  held  {table} what is there
/ @param  known {table} what of it counts
/ @param  new   {table} versions in order of arrival
/ @return {dict} changes, and how many rows there are now, and how many were superseded
.feed.mergeBars:{[name;day;held;known;new]
  bars:.merge.bars known,new;
  isThere:$[held~bars`merged;(0=count held)|`p=attr held`sym;0b];
  changes:$[isThere;.feed.noChange;.feed.write[name;day;bars`merged]];
  if[count bars`superseded;changes,:.feed.supersede[name;day;bars`superseded]];
  `changes`rows`superseded!(changes;count bars`merged;count bars`superseded)
  };

/ @desc   Writes a version.
/ @return {table} table date version
.feed.write:{[name;day;rows]
  version:.store.next[];
  .part.write[name;day;version;rows];
  enlist `table`date`version!(name;day;version)
  };

/ @desc   Adds to the superseded versions of a table, each once.
.feed.supersede:{[name;day;rows]
  revisions:.part.revisions name;
  held:.part.read[revisions;.store.path[revisions;day]];
  kept:`sym`start`recv xasc distinct held,rows;
  $[held~kept;.feed.noChange;.feed.write[revisions;day;kept]]
  };

/ @desc   Publishes changes; before anything of them can be seen they are undone if it fails.
/ @param  gone {string[]} directories to remove afterwards
.feed.publish:{[changes;gone] .[.store.publish;(changes;gone);{[failed] .part.discard[];'failed}];};

/ @desc   Adds rows of reference data, and publishes the table.
/ @param  name {symbol} split dividend
/ @param  rows {table}  in the columns of q/reference.q; id as Massive has it
/ @return {table} date staged rows superseded, as .feed.merge
/ @signal table, column or type, with what is wrong
.feed.reference:{[name;rows]
  given:.ref.check[name;rows];
  .store.prepare[];
  .part.loadSymbols[];
  held:.part.read[name;.store.path[name;0Nd]];
  merged:.ref.merge held,.Q.en[hsym `$.part.root] given;
  isThere:held~merged;
  if[not isThere;
    changes:.[.feed.write;(name;0Nd;merged);{[failed] .part.discard[];'failed}];
    .feed.publish[changes;()]];
  .store.collect[];
  enlist `date`staged`rows`superseded!(0Nd;count given;count merged;(count[held]+count given)-count merged)
  };

/ @desc   Takes options that are numbers.
/ @signal usage
.feed.number:{[options;name;otherwise]
  if[not name in key options;:otherwise];
  numbers:"J"$"," vs first options name;
  if[any null[numbers]|0>numbers;'"usage: -",string[name]," ",first[options name],": expected a number"];
  $[1=count numbers;first numbers;numbers]
  };

/ @desc   Reads the options and opens the database.
.feed.start:{[]
  options:.Q.opt .z.x;
  if[(`tp in key options)&not `root in key options;:.watch.start first options`tp];
  if[not all `root`market in key options;'"usage: q q/feed.q -root DIRECTORY -market MARKET -p PORT, or -tp HOST:PORT"];
  .feed.market:`$first options`market;
  if[not .feed.market in key .cal.standard;
    '"usage: -market ",string[.feed.market],": expected one of ",", " sv string key .cal.standard];
  .lease.duration:0D00:00:01*.feed.number[options;`lease;60];
  .gen.grace:0D00:00:01*.feed.number[options;`grace;60];
  .part.compression:$["none"~first options`compression;();.feed.number[options;`compression;17 2 6]];
  .feed.open[.disk.path first options`root;$[`plain in key options;first options`plain;""]];
  .z.pc:{[handle] .lease.closed handle;.reconcile.closed handle;};
  .z.ts:{[now] @[.store.collect;::;{-2 x}];};
  if[`settle in key options;.feed.settleAndEnd first options`settle];
  if[not system"t";system"t 1000"];
  };

/ @desc   Opens a database, alone.
/ @param  plain {string} HOST:PORT of a stock HDB; empty for generations
.feed.open:{[root;plain]
  isPlain:0<count plain;
  work:$[isPlain;.plain.area root;root];
  .disk.make each (root;work);
  .disk.work:work;
  .disk.lock work;
  .disk.settle[];
  .part.open[root;root,$[isPlain;"/par.txt";"/segments.txt"]];
  .store.recognise[work;.feed.market;`generations`plain isPlain];
  .stage.start work,"/staging";
  .ended.open[];
  if[isPlain;.store.usePlain[];.plain.start plain;:()];
  .store.useGenerations[];
  .lease.open[];
  .gen.open exec distinct generation from .lease.holders;
  };

/ @desc   Settles a date, says what became of it, and ends.
.feed.settleAndEnd:{[text]
  day:"D"$text;
  if[null day;'"usage: -settle ",text,": expected a date, YYYY.MM.DD"];
  -1 .Q.s .feed.settle day;
  exit 0
  };

/ globals
/ .feed.exitCodes  by the word with which a signal begins; 74 for others
.feed.exitCodes:(`usage`lock`plain,`path`version`market`way`segments)!64 69 69 78 78 78 78 78;

.feed.fail:{[failed]
  -2 failed;
  exit 74^.feed.exitCodes `$first ":" vs failed
  };

@[.feed.start;::;.feed.fail];
