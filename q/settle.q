/ q/settle.q
/ purpose: takes over what an end of day that is not ours wrote (.Q.hdpf of a stock RDB: every version of every bar,
/          filed under the tickerplant's date): last versions, by sym and start, parted on sym, each bar in its own
/          trading date.
/ flow:    ROOT/DATE/TABLE -> merged with what the database has -> published -> ROOT/DATE/TABLE is removed
/ crash:   it is removed only once it is published, and taking it over twice changes nothing.
/ launch:  loaded by q/feed.q; q q/feed.q -root DIRECTORY -market MARKET -settle DATE, or .feed.settle[DATE] in a
/          loader that runs

/ @desc   Settles a date.
/ @param  day {date} the date under which the end of day filed
/ @return {table} table date settled rows superseded: rows taken over, in the database now, and superseded by this
/ @signal settle if there is nothing, or a table is not ours
.feed.settle:{[day]
  names:key[.batch.tables] where {0<count .store.foreign[x;y]}[;day] each key .batch.tables;
  if[0=count names;'"settle: ",.part.root," has no partition ",string[day]," that an end of day wrote"];
  .store.prepare[];
  .part.loadSymbols[];
  results:@[{raze .settle.table[x] each y}[day];names;{[failed] .part.discard[];'failed}];
  changes:raze enlist[0#.feed.noChange],results@\:`changes;
  .feed.publish[changes;.store.release[day;names]];
  raze enlist[.settle.noSummary],results@\:`summary
  };

/ globals
/ .settle.noSummary  its answer, empty
.settle.noSummary:([]table:`symbol$();date:`date$();settled:`long$();rows:`long$();superseded:`long$());

/ @desc   Settles a table of a date.
/ @return {dict[]} changes and summary of each date to which rows go
.settle.table:{[day;name]
  rows:.settle.read[name;.store.foreign[name;day]];
  isWhole:name in key .part.whole;
  dates:$[isWhole;count[rows]#0Nd;.batch.tables name;.cal.date[.feed.market;rows`start];count[rows]#day];
  groups:group dates;
  / The partition itself is among those to write, even if every row of it belongs elsewhere.
  if[not isWhole;if[not day in key groups;groups[day]:0#0]];
  .settle.date[name;day]'[key groups;rows each value groups]
  };

/ @desc   Merges rows into a date.
/ @param  filed {date}  the date under which they were filed
/ @param  day   {date}  the date to which they belong
/ @param  rows  {table} enumerated
.settle.date:{[name;filed;day;rows]
  held:.part.read[name;.store.path[name;day]];
  isForeign:.store.path[name;day]~.store.foreign[name;filed];
  known:$[isForeign;0#held;held];
  merged:$[.batch.tables name;.feed.mergeBars[name;day;held;known;rows];.settle.keep[name;day;held;known;rows]];
  summary:enlist `table`date`settled`rows`superseded!(name;day;count rows;merged`rows;merged`superseded);
  `changes`summary!(merged`changes;summary)
  };

/ @desc   Adds rows of a table that has no bars, each once.
.settle.keep:{[name;day;held;known;rows]
  kept:`sym`time xasc distinct known,rows;
  `changes`rows`superseded!($[held~kept;0#.feed.noChange;.feed.write[name;day;kept]];count kept;0)
  };

/ @desc   Rows that an end of day wrote, in the columns of the schema.
/ @return {table} enumerated
/ @signal settle if the table is not ours
.settle.read:{[name;path]
  rows:select from get hsym `$path,"/";
  schema:.part.schema name;
  if[not (asc cols schema)~asc cols rows;'"settle: ",path," has other columns than ",string name];
  isOurs:{[wanted;given] $[11h=wanted;given within 20 76h;wanted=given]};
  wrong:cols[schema] where not isOurs'[type each value flip schema;type each rows cols schema];
  if[count wrong;'"settle: of ",path," have other types: ",", " sv string wrong];
  rows:cols[schema] xcols rows;
  if[not .batch.tables name;:rows];
  isBar:not null[rows`start]|null rows`sym;
  if[not all isBar;-2 "settle: ",string[sum not isBar]," rows of ",path," have no sym or start and are left out"];
  rows where isBar
  };
