/ q/reference.q
/ purpose: tables of what is known of symbols, and prices and volumes adjusted by it. They have no dates of their own
/          in the database: each is one table, published whole like agg1d. A row is identified by id; the later
/          version wins.
/ launch:  loaded by q/feed.q and q/hdb.q; needs q/calendar.q

/ splits of shares: for `before` old shares `after` new ones
split:([]
  sym:`symbol$();
  id:`guid$();              / of Massive's id: .ref.id
  day:`date$();             / first trading date on which prices are those after it
  kind:`symbol$();          / forward_split reverse_split stock_dividend
  before:`float$();
  after:`float$();
  recv:`timestamp$())       / when the feed received it, UTC

/ cash dividends
dividend:([]
  sym:`symbol$();
  id:`guid$();
  day:`date$();             / first trading date on which the buyer of a share does not receive it
  kind:`symbol$();          / recurring special ...
  cash:`float$();           / per share, before tax
  currency:`symbol$();
  frequency:`long$();       / times a year; null where unknown
  declared:`date$();
  recorded:`date$();
  paid:`date$();
  recv:`timestamp$())

/ @desc   An id of Massive as the tables hold it: 16 bytes instead of a symbol of its own.
/ @param  text {string[]}
/ @return {guid[]}
.ref.id:{[text] {0x0 sv md5 x} each text};

/ @desc   Rows as the feed sends them, in the columns of the table.
/ @param  name {symbol}
/ @param  rows {table} any columns of the table with sym, id (strings), day and recv among them
/ @return {table}
/ @signal table, column or type, with what is wrong
.ref.check:{[name;rows]
  if[not name in .part.reference;'"table: no table of reference data is called ",string name];
  schema:.part.schema name;
  if[count missing:`sym`id`day`recv except cols rows;'"column: ",string[name]," lacks ",", " sv string missing];
  if[count unknown:cols[rows] except cols schema;'"column: ",string[name]," has no ",", " sv string unknown];
  given:update id:.ref.id id from rows;
  full:flip flip[count[given]#enlist first schema],flip given;
  wrong:cols[schema] where not (type each value flip full)=type each value flip schema;
  if[count wrong;'"type: of ",", " sv string wrong];
  cols[schema] xcols full
  };

/ @desc   Merges versions of rows: for each id the one received last.
/ @param  versions {table} a reference table, equal times of receipt in order of arrival
/ @return {table} by sym and day
.ref.merge:{[versions]
  ordered:`recv xasc versions;
  `sym`day xasc select from ordered where i=(last;i) fby id
  };

/ @desc   Bars with prices and volumes as if all splits so far had been before them: prices of before a split are
/         divided by its ratio, volumes multiplied, so that returns across it are those of a holder.
/ @param  bars   {table} in the columns of the schema, any of them; unkeyed
/ @param  splits {table} the table split
/ @return {table} bars, each with its place
.ref.adjust:{[bars;splits]
  ratio:.ref.after[bars;select sym,day,factor:after%before from splits];
  prices:`open`high`low`close`vwap`dayvwap`dayopen inter cols bars;
  sizes:`volume`avgsize`dayvol inter cols bars;
  scale:{[operator;ratio;bars;name] @[bars;name;operator;ratio]};
  bars:scale[%;ratio]/[bars;prices];
  scale[*;ratio]/[bars;sizes]
  };

/ @desc   Bars with prices lowered by the dividends after them, in proportion: each is taken as a part of the last
/         close before its day, so that returns across it are those of a holder who reinvests. Adjust for splits
/         afterwards: amounts are per share of their time.
/ @param  bars      {table} unadjusted
/ @param  dividends {table} the table dividend; rows in the currency of the bars only
/ @param  closes    {table} sym date close: unadjusted daily closes
/ @return {table} bars, each with its place
.ref.adjustDividends:{[bars;dividends;closes]
  before:aj[`sym`date;select sym,date:day-1,day,cash from dividends;`sym`date xasc select sym,date,close from closes];
  parts:select sym,day,factor:1-cash%close from before where not null close,cash<close;
  ratio:.ref.after[bars;parts];
  {[ratio;bars;name] @[bars;name;*;ratio]}[ratio]/[bars;`open`high`low`close`vwap`dayvwap`dayopen inter cols bars]
  };

/ @desc   For each bar the product of the factors of its symbol whose day is after it.
/ @param  events {table} sym day factor
/ @return {float[]}
.ref.after:{[bars;events]
  if[0=count events;:count[bars]#1f];
  ordered:`sym`day xasc update sym:.cal.plain sym from events;
  ordered:update reached:prds factor by sym from ordered;
  total:exec prd factor by sym from ordered;
  syms:.cal.plain bars`sym;
  found:aj[`sym`day;([]sym:syms;day:.cal.dates bars);select sym,day,reached from ordered];
  (1f^total syms)%1f^found`reached
  };
