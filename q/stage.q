/ q/stage.q
/ purpose: rows on their way into the database. A unit is what the feed fetches as one: a file, or a symbol's bars of
/          a month. Its chunks are appended to logs, one per table and date, and count only once the unit is complete.
/ flow:    begin -> chunk, chunk, ... -> end: the unit's directory loses its ending .part
/ crash:   a unit that was not ended is begun anew by the feed; an ended one stays until it has been merged, and
/          merging it twice changes nothing.
/ launch:  loaded by q/feed.q

/ globals
/ .stage.root  the staging area, an absolute path
/ .stage.open  units under way: unit -> (chunks so far; rows so far; (table;date) -> handle)
/ .stage.rows  where a log's chunks go while it is read
.stage.root:"";
.stage.open:(`symbol$())!();
.stage.rows:();

.stage.folder:{[unit] .stage.root,"/",string unit};
.stage.part:{[unit] .stage.folder[unit],".part"};

/ @desc   Starts the staging area: what was not ended is forgotten, and what has been merged whole.
/ @param  root {string} absolute path
.stage.start:{[root]
  .stage.root:root;
  .disk.make root;
  names:.disk.names root;
  isEmpty:0=count each .disk.names each folders:(root,"/"),/:names;
  .disk.remove folders where isEmpty|names like "*.part";
  };

/ @desc   Begins a unit; what there was of it is forgotten.
/ @param  unit {symbol} letters, digits and . _ - only, no . at its begin and no .part at its end
/ @signal unit if its name cannot be a file's
.stage.begin:{[unit]
  name:string unit;
  if[not all name in .Q.an,".-";'"unit: ",name," holds more than letters, digits and . _ -"];
  if[(0=count name)|(name like ".*")|name like "*.part";'"unit: a unit cannot be called ",name];
  .stage.drop unit;
  .disk.make .stage.part unit;
  .stage.open[unit]:(0;0;()!());
  };

/ @desc   Appends a chunk.
/ @param  unit   {symbol}
/ @param  number {long} chunks count from 0
/ @param  chunk  {dict} see .chunk.check
/ @return {long} rows of the unit so far
/ @signal unit if it was not begun; sequence if a chunk is missing; what .chunk.check signals; what the disk
/         signals, and then the unit has to be begun anew
.stage.chunk:{[unit;number;chunk]
  state:.stage.due[unit;number];
  rows:.chunk.check chunk;
  .stage.add[unit;state;rows;chunk`table`date;(`.stage.take;chunk)]
  };

/ @desc   Appends a batch.
/ @param  number  {long} chunks and batches count from 0
/ @param  market  {symbol} of the database
/ @param  name    {symbol} a table
/ @param  day     {date}
/ @param  columns {list}   see .batch.check
/ @return {long} rows of the unit so far
/ @signal as .stage.chunk; what .batch.check signals
.stage.batch:{[unit;number;market;name;day;columns]
  state:.stage.due[unit;number];
  rows:.batch.check[market;name;day;columns];
  .stage.add[unit;state;rows;(name;day);(`.stage.takeBatch;market;name;day;columns)]
  };

/ @desc   The state of a unit for which a chunk is due.
.stage.due:{[unit;number]
  state:.stage.stateOf unit;
  if[not number=state 0;'"sequence: chunk ",string[number]," where ",string[state 0]," is due"];
  state
  };

/ @desc   Appends what has been checked.
/ @param  target  {list} table and date
/ @param  message {list} what takes it out of the log
.stage.add:{[unit;state;rows;target;message]
  / A log that ends within a message cannot be continued.
  state[2]:.[.stage.append;(unit;state 2;target;message);{[unit;failed] .stage.drop unit;'failed}[unit]];
  .stage.open[unit]:(1+state 0;rows+state 1;state 2);
  rows+state 1
  };

.stage.stateOf:{[unit]
  if[not unit in key .stage.open;'"unit: ",string[unit]," was not begun"];
  .stage.open unit
  };

/ @desc   Writes a message to the log of a table and date.
/ @param  handles {dict} (table;date) -> handle
/ @return {dict} the same with that log's
.stage.append:{[unit;handles;target;message]
  name:`$"." sv string target;
  if[not name in key handles;
    file:hsym `$.stage.part[unit],"/",string name;
    file set ();
    handles[name]:hopen file];
  handles[name] enlist message;
  handles
  };

/ @desc   Ends a unit: from now on it counts, whatever happens.
/ @param  rows {long} what the feed has sent, to compare
/ @return {table} table date of what it holds: none of a unit without rows, of which nothing stays
/ @signal rows if not all have come
.stage.end:{[unit;rows]
  state:.stage.stateOf unit;
  if[not rows=state 1;'"rows: ",string[state 1]," of ",string[unit]," have come, ",string[rows]," were sent"];
  handles:state 2;
  if[0=rows;.stage.drop unit;:.stage.parse ()];
  hclose each value handles;
  .stage.open:unit _ .stage.open;
  part:.stage.part unit;
  files:(part,"/"),/:string key handles;
  .disk.run (.disk.sync files,enlist part;"mv ",part," ",.stage.folder unit;.disk.sync enlist .stage.root);
  .stage.parse string key handles
  };

/ @desc   Gives up a unit.
.stage.drop:{[unit]
  if[unit in key .stage.open;
    hclose each value .stage.open[unit] 2;
    .stage.open:unit _ .stage.open];
  .disk.remove (.stage.folder unit;.stage.part unit);
  };

/ @desc   Table and date of staged files, from their names.
/ @param  names {string[]}
.stage.parse:{[names]
  if[0=count names;:([]table:`symbol$();date:`date$())];
  at:names?'".";
  ([]table:`$at#'names;date:"D"$(1+at)_'names)
  };

/ @desc   All that waits to be merged.
/ @return {table} unit table date
.stage.waiting:{[]
  units:.disk.names .stage.root;
  units:units where not units like "*.part";
  raze enlist[([]unit:`symbol$();table:`symbol$();date:`date$())],
    {[unit] `unit xcols update unit:`$unit from .stage.parse .disk.names .stage.folder `$unit} each units
  };

/ @desc   The staged rows of a table and date.
/ @param  units {symbol[]}
/ @return {table} enumerated
/ @signal stage if a log cannot be read
.stage.read:{[units;table;date]
  .stage.rows:();
  .stage.replay each .stage.log[table;date] each units;
  rows:raze .stage.rows;
  .stage.rows:();
  rows
  };

.stage.log:{[table;date;unit] .stage.folder[unit],"/",string[table],".",string date};

.stage.replay:{[path]
  @[-11!;hsym `$path;{[path;failed] '"stage: ",path," cannot be read (",failed,"); fetch its unit again"}[path]]
  };

/ @desc   Takes a chunk out of a log.
.stage.take:{[chunk] .stage.rows,:enlist .chunk.expand chunk;};

/ @desc   Takes a batch out of a log.
.stage.takeBatch:{[market;name;day;columns] .stage.rows,:enlist .batch.expand[market;name;day;columns];};

/ @desc   Forgets what has been merged.
/ @param  staged {table} unit table date
.stage.merged:{[staged]
  .disk.remove {.stage.log[x`table;x`date;x`unit]} each staged;
  folders:.stage.folder each distinct staged`unit;
  .disk.remove folders where 0=count each .disk.names each folders;
  };
