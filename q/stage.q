/ q/stage.q
/ purpose: rows on their way into the database. A unit is what the feed fetches as one: a file, or a symbol's bars of
/          a month. Its chunks are appended to logs, one per table and date, and count only once the unit is complete.
/ flow:    begin -> chunk, chunk, ... -> end: the unit's directory loses its ending .part
/ crash:   a unit that was not ended is begun anew by the feed; an ended one stays until it has been merged, and
/          merging it twice changes nothing.
/ launch:  loaded by q/feed.q

/ globals
/ .stage.open  units under way: unit -> (chunks so far; rows so far; (table;date) -> handle)
/ .stage.rows  where a log's chunks go while it is read
.stage.open:(`symbol$())!();
.stage.rows:();

.stage.folder:{[unit] .part.root,"/staging/",string unit};
.stage.part:{[unit] .stage.folder[unit],".part"};

/ @desc   Starts the staging area: what was not ended is forgotten.
.stage.start:{[]
  .disk.make .part.root,"/staging";
  names:.disk.names .part.root,"/staging";
  .disk.remove (.part.root,"/staging/"),/:names where names like "*.part";
  };

/ @desc   Begins a unit; what there was of it is forgotten.
/ @param  unit {symbol} letters, digits and . _ - only
/ @signal unit if its name cannot be a file's
.stage.begin:{[unit]
  if[not all string[unit] in .Q.an,".-";'"unit: ",string[unit]," holds more than letters, digits and . _ -"];
  if[unit in key .stage.open;.stage.drop unit];
  .disk.remove (.stage.folder unit;.stage.part unit);
  .disk.make .stage.part unit;
  .stage.open[unit]:(0;0;()!());
  };

/ @desc   Appends a chunk.
/ @param  unit   {symbol}
/ @param  number {long} chunks count from 0
/ @param  chunk  {dict} see .chunk.check
/ @return {long} rows of the unit so far
/ @signal unit if it was not begun; sequence if a chunk is missing; what .chunk.check signals
.stage.chunk:{[unit;number;chunk]
  if[not unit in key .stage.open;'"unit: ",string[unit]," was not begun"];
  state:.stage.open unit;
  if[not number=state 0;'"sequence: chunk ",string[number]," where ",string[state 0]," is due"];
  rows:.chunk.check chunk;
  name:`$string[chunk`table],".",string chunk`date;
  if[not name in key state 2;
    file:hsym `$.stage.part[unit],"/",string name;
    file set ();
    state[2]:state[2],enlist[name]!enlist hopen file];
  state[2;name] enlist (`.stage.take;chunk);
  .stage.open[unit]:(1+number;rows+state 1;state 2);
  rows+state 1
  };

/ @desc   Ends a unit: from now on it counts, whatever happens.
/ @param  rows {long} what the feed has sent, to compare
/ @return {table} table date of what it holds
/ @signal rows if not all have come
.stage.end:{[unit;rows]
  if[not unit in key .stage.open;'"unit: ",string[unit]," was not begun"];
  state:.stage.open unit;
  if[not rows=state 1;'"rows: ",string[state 1]," of ",string[unit]," have come, ",string[rows]," were sent"];
  hclose each value state 2;
  .stage.open:unit _ .stage.open;
  part:.stage.part unit;
  if[0=count state 2;.disk.remove enlist part;:.stage.parse ()];
  files:(part,"/"),/:string key state 2;
  .disk.run[(.disk.sync files,enlist part;"mv ",part," ",.stage.folder unit;.disk.sync enlist .part.root,"/staging");
    .part.root];
  .stage.parse string key state 2
  };

/ @desc   Gives up a unit.
.stage.drop:{[unit]
  if[unit in key .stage.open;
    hclose each value .stage.open[unit] 2;
    .stage.open:unit _ .stage.open];
  .disk.remove (.stage.folder unit;.stage.part unit);
  };

/ @desc   Table and date of staged files, from their names.
.stage.parse:{[names]
  at:names?'".";
  ([]table:`$at#'names;date:"D"$(1+at)_'names)
  };

/ @desc   All that waits to be merged.
/ @return {table} unit table date
.stage.waiting:{[]
  units:.disk.names .part.root,"/staging";
  units:units where not units like "*.part";
  raze enlist[([]unit:`symbol$();table:`symbol$();date:`date$())],
    {[unit] update unit:`$unit from .stage.parse .disk.names .stage.folder `$unit} each units
  };

/ @desc   The staged rows of a table and date.
/ @param  units {symbol[]}
/ @return {table} enumerated
.stage.read:{[units;table;date]
  .stage.rows:();
  {[table;date;unit] -11!hsym `$.stage.folder[unit],"/",string[table],".",string date}[table;date] each units;
  rows:raze .stage.rows;
  .stage.rows:();
  rows
  };

/ @desc   Takes a chunk out of a log.
.stage.take:{[chunk] .stage.rows,:enlist .chunk.expand chunk;};

/ @desc   Forgets what has been merged.
.stage.merged:{[units;table;date]
  .disk.remove {[table;date;unit] .stage.folder[unit],"/",string[table],".",string date}[table;date] each units;
  folders:.stage.folder each units;
  .disk.remove folders where 0=count each .disk.names each folders;
  };
