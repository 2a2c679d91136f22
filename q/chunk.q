/ q/chunk.q
/ purpose: rows as the feed sends them: what repeats is said once. A chunk is a dictionary
/            table {symbol}, date {date}                 where the rows belong; null for agg1d, whose time is 0
/            mkt {symbol}, src {symbol}, recv {timestamp}  of all its rows
/            sym {symbol[]}, run {long[]}                names, and how many rows in a row each has
/            start {timestamp[]}                         and the other columns that the source has, full length
/          The rest is derived (time) or null.
/ launch:  loaded by q/feed.q

/ @desc   The keys that are no columns of full length.
.chunk.head:`table`date`mkt`src`recv`sym`run;

/ @desc   Compares a chunk with the schema.
/ @return {long} its rows
/ @signal table, column, type or length, with what is wrong
.chunk.check:{[chunk]
  if[count missing:(.chunk.head,`start) except key chunk;'"column: a chunk lacks ",", " sv string missing];
  if[not chunk[`table] in key .part.revisions;'"table: no table of bars is called ",string chunk`table];
  rows:sum chunk`run;
  names:key[chunk] except .chunk.head;
  schema:.part.schema chunk`table;
  if[count unknown:names except cols schema;'"column: ",string[chunk`table]," has no ",", " sv string unknown];
  wrong:names where not (type each chunk names)=type each schema names;
  if[count wrong;'"type: of ",", " sv string wrong];
  if[not all rows=count each chunk names;'"length: columns of a chunk differ"];
  if[not count[chunk`sym]=count chunk`run;'"length: sym and run differ"];
  rows
  };

/ @desc   The rows of a chunk in the columns of its table, symbols enumerated.
/ @return {table}
.chunk.expand:{[chunk]
  rows:sum chunk`run;
  schema:.part.schema chunk`table;
  names:.part.enumerate chunk[`sym],chunk`mkt`src;
  syms:-2_names;
  all_:flip[rows#enlist first schema],(key[chunk] except .chunk.head)#chunk;
  all_[`sym]:syms where chunk`run;
  all_[`mkt]:rows#names count syms;
  all_[`src]:rows#last names;
  all_[`recv]:rows#chunk`recv;
  all_[`time]:$[null chunk`date;rows#0D00;.cal.time[chunk`mkt;chunk`date;chunk`start]];
  flip cols[schema]#all_
  };
