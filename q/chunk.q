/ q/chunk.q
/ purpose: rows as the feed sends them: what repeats is said once. A chunk is a dictionary
/            table {symbol}, date {date}                   where the rows belong; null for agg1d, whose time is 0
/            mkt {symbol}, src {symbol}, recv {timestamp}  of all its rows
/            sym {symbol[]}, run {long[]}                  names, and how many rows in a row each has
/            start {timestamp[]}                           and the other columns that the source has, full length
/          The rest is derived (time) or null. Rows of reference data (split, dividend) come as a table: q/reference.q.
/ launch:  loaded by q/feed.q

/ globals
/ .chunk.head     the keys that are no columns of full length, and their types
/ .chunk.sources  where bars come from
.chunk.head:`table`date`mkt`src`recv`sym`run!-11 -14 -11 -11 -12 11 7h;
.chunk.sources:`ws`rest`flat;

/ @desc   Compares a chunk with the schema.
/ @return {long} its rows
/ @signal table, column, type, length, date or source, with what is wrong
.chunk.check:{[chunk]
  if[not 99h=type chunk;'"type: a chunk is a dictionary"];
  if[count missing:(key[.chunk.head],`start) except key chunk;'"column: a chunk lacks ",", " sv string missing];
  wrong:where not .chunk.head=type each key[.chunk.head]#chunk;
  if[count wrong;'"type: of ",", " sv string wrong];
  if[not chunk[`table] in key .part.revisions;'"table: no table of bars is called ",string chunk`table];
  if[not chunk[`src] in .chunk.sources;'"source: ",string[chunk`src]," is none of ",", " sv string .chunk.sources];
  .chunk.checkColumns chunk;
  .chunk.checkDate chunk;
  sum chunk`run
  };

/ @desc   Compares the columns of full length.
.chunk.checkColumns:{[chunk]
  names:key[chunk] except key .chunk.head;
  schema:.part.schema chunk`table;
  if[count unknown:names except cols schema;'"column: ",string[chunk`table]," has no ",", " sv string unknown];
  wrong:names where not (type each chunk names)=type each schema names;
  if[count wrong;'"type: of ",", " sv string wrong];
  if[not count[chunk`sym]=count chunk`run;'"length: sym and run differ"];
  if[any 0>chunk`run;'"length: a run is negative"];
  if[not all sum[chunk`run]=count each chunk names;'"length: columns of a chunk differ"];
  };

/ @desc   Makes sure that rows go to the date on which they were traded: dates grow with time, so the earliest and
/         the latest say it for all.
.chunk.checkDate:{[chunk]
  if[not null[chunk`date]=chunk[`table] in key .part.whole;'"date: a chunk of ",string[chunk`table]," has another kind"];
  if[any null chunk`start;'"start: is null"];
  if[null[chunk`date]|0=count chunk`start;:()];
  dates:.cal.date[chunk`mkt;(min;max)@\:chunk`start];
  if[not all chunk[`date]=dates;'"date: ",string[chunk`date]," holds rows of "," and " sv string distinct dates];
  };

/ @desc   The rows of a chunk in the columns of its table, symbols enumerated.
/ @return {table}
.chunk.expand:{[chunk]
  rows:sum chunk`run;
  schema:.part.schema chunk`table;
  names:.part.enumerate chunk[`sym],chunk`mkt`src;
  syms:-2_names;
  full:flip[rows#enlist first schema],(key[chunk] except key .chunk.head)#chunk;
  full[`sym]:syms where chunk`run;
  full[`mkt]:rows#names count syms;
  full[`src]:rows#last names;
  full[`recv]:rows#chunk`recv;
  full[`time]:$[null chunk`date;rows#0D00;.cal.time[chunk`mkt;chunk`date;chunk`start]];
  flip cols[schema]#full
  };
