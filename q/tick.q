/ q/tick.q
/ purpose: a tickerplant that also holds the day's rows, so that one process is enough for a first look, for
/          development and for tests. It keeps no log: the feed shows it as unlogged. For production use a
/          tickerplant with a log.
/ flow:    massive-kdb start -> .u.upd[table;columns] -> the table here -> (`upd;table;rows) to each subscriber
/ launch:  TZ=America/New_York q q/tick.q -p 5010
/          TZ=America/New_York massive-kdb q q/tick.q -p 5010
/          TZ is the zone in which the market counts its trading dates; the day rolls at its midnight.

.u.folder:1_string first ` vs hsym .z.f;
system"l ",$[count .u.folder;.u.folder;"."],"/schema.q";

/ globals
/ .u.t  names of the tables
/ .u.w  subscribers: table -> list of (handle;symbols), where symbols ` means all
/ .u.d  the date under which rows are filed now
/ .u.i  batches taken since the start of that date
/ .u.l  handle of the log: 0, there is none
/ .u.L  its file: none

/ @desc   Starts the day: empty tables, no batches.
/ @param  date {date} the date under which rows will be filed
.u.begin:{[date]
  @[`.;.u.t;{update `g#sym from 0#x}];
  .u.d:date;
  .u.i:0;
  };

/ @desc   Ends the day for subscribers and starts the next.
/ @param  date {date} the date that begins
.u.roll:{[date]
  handles:distinct raze value .u.w[;;0];
  {[ended;handle] neg[handle](`.u.end;ended);}[.u.d] each handles;
  .u.begin date;
  };

/ @desc   Takes a batch: files it, and passes it to subscribers.
/ @param  table   {symbol} name of a table of the schema
/ @param  columns {list}   its columns as vectors of equal length
/ @signal the table's name if there is no such table; type, length if the columns are not its columns
.u.upd:{[table;columns]
  if[not table in .u.t;'string table];
  if[.u.d<.z.D;.u.roll .z.D];
  table insert columns;
  .u.i+:1;
  .u.pub[table;columns];
  };

/ @desc   Passes rows to the subscribers of a table, each the symbols that it asked for.
.u.pub:{[table;columns]
  if[count .u.w table;
    .u.send[table;flip cols[table]!columns] each .u.w table];
  };

.u.send:{[table;rows;subscriber]
  if[not `~subscriber 1;rows:select from rows where sym in subscriber 1];
  if[count rows;neg[subscriber 0](`upd;table;rows)];
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
  (table;0#value table)
  };

.u.leave:{[handle;table]
  .u.w[table]:.u.w[table] where not handle=.u.w[table][;0];
  };

.z.pc:{[handle] .u.leave[handle] each .u.t;};
.z.ts:{[now] if[.u.d<.z.D;.u.roll .z.D];};

.u.t:tables`.;
.u.w:.u.t!count[.u.t]#enlist();
.u.l:0;
.u.L:`;
.u.begin .z.D;
if[not system"t";system"t 1000"];
