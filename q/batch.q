/ q/batch.q
/ purpose: rows of the live side on their way into the database: batches in the columns of a tickerplant's table, as the
/          feed and the log of a day have them.
/ launch:  loaded by q/feed.q

/ globals
/ .batch.tables  what a tickerplant has, and whether rows are bars, of which the last version counts; of others each
/                different row does
.batch.tables:`agg1s`agg1m`agg1d`gap`feedstat!11100b;

/ @desc   Compares a batch with the schema.
/ @param  market  {symbol} of the database
/ @param  name    {symbol} a table
/ @param  day     {date}   where the rows belong; null for agg1d
/ @param  columns {list}   vectors of equal length in the order of the schema
/ @return {long} its rows
/ @signal table, type, length, market, date, start, sym or source, with what is wrong
.batch.check:{[market;name;day;columns]
  if[not name in key .batch.tables;'"table: no table of the live side is called ",-3!name];
  schema:.part.schema name;
  if[not count[columns]=count cols schema;'"length: ",string[name]," has ",string[count cols schema]," columns"];
  wrong:cols[schema] where not (type each columns)=type each value flip schema;
  if[count wrong;'"type: of ",", " sv string wrong];
  if[1<count distinct count each columns;'"length: columns of a batch differ"];
  if[not null[day]=name in key .part.whole;'"date: a batch of ",string[name]," has another kind"];
  rows:cols[schema]!columns;
  if[not all market=rows $[`mkt in cols schema;`mkt;`sym];'"market: this database is one of ",string market];
  if[.batch.tables name;.batch.checkBars[market;day;rows]];
  count first columns
  };

.batch.checkBars:{[market;day;rows]
  if[any null rows`start;'"start: is null"];
  if[any null rows`sym;'"sym: is null"];
  unknown:distinct[rows`src] except .chunk.sources;
  if[count unknown;'"source: ",(", " sv string unknown)," is none of ",", " sv string .chunk.sources];
  .chunk.checkDate `table`date`mkt`start!($[null day;`agg1d;`agg1m];day;market;rows`start);
  };

/ @desc   The rows of a batch in the columns of its table, symbols enumerated; time is that of the database.
/ @return {table}
.batch.expand:{[market;name;day;columns]
  rows:flip cols[.part.schema name]!columns;
  if[.batch.tables name;
    times:$[null day;count[rows]#0D00;.cal.time[market;day;rows`start]];
    rows:update time:times from rows];
  .Q.en[hsym `$.part.root] rows
  };
