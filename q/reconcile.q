/ q/reconcile.q
/ purpose: what was captured live of a date beside what the database has now, for a comparison with that date's flat
/          file. Asked for by symbols, some at a time, so that an answer stays small whatever the market's size.
/ rules:   captured is what came by the stream or over REST. Where a flat file has been merged since, its values are
/          the bar's, and the last live version is found again: among the superseded versions if it said something
/          else, and otherwise it was the bar itself. Which of the two tell the columns that no file has: of these a
/          bar keeps the last live version's values, and a bar without any was never captured.
/ limits:  once a file is merged, bars of indices that came over REST count as not captured, because they have none of
/          these columns either.
/ flow:    .reconcile.open -> symbols -> .reconcile.rows, .reconcile.rows, ... -> .reconcile.close
/ launch:  loaded by q/feed.q

/ globals
/ .reconcile.values  columns that are compared
/ .reconcile.traces  columns that no flat file has
/ .reconcile.opened  by connection: bars and superseded versions of a date, each with the places of its symbols
.reconcile.values:`open`high`low`close`volume`vwap`trades;
.reconcile.traces:`vwap`avgsize`dayvol`dayvwap`dayopen;
.reconcile.opened:(`int$())!();

/ @desc   Opens a date for the connection that asks. What it sees is the state of the database at this moment.
/ @param  name {symbol} agg1s agg1m
/ @param  day  {date}
/ @return {table} sym rows: what the database has, whatever the source
/ @signal table, or settle if rows of a symbol are in several places
.reconcile.open:{[name;day]
  if[not name in key[.part.revisions] inter key .part.daily;'"table: ",string[name]," has no bars by date"];
  .part.loadSymbols[];
  parts:.reconcile.part[;day] each name,.part.revisions name;
  .reconcile.opened[.z.w]:parts;
  lengths:parts[0;2];
  ([]sym:key lengths;rows:value lengths)
  };

/ @desc   A table of a date.
/ @return {list} the table as it lies on disk; by symbol where its rows begin; by symbol how many there are
.reconcile.part:{[name;day]
  path:.store.path[name;day];
  rows:$[count path;get hsym `$path,"/";.part.schema name];
  syms:rows`sym;
  begins:where differ syms;
  names:.cal.plain syms begins;
  if[not count[names]=count distinct names;
    '"settle: rows of a symbol are in several places of ",path,"; settle ",string[day]," first (q/settle.q)"];
  (rows;names!begins;names!(1_begins,count syms)-begins)
  };

/ @desc   Bars of some symbols.
/ @param  names {symbol[]}
/ @return {dict} sym {symbol[]}, run {long[]}  symbols in the order of the rows, and how many rows each has
/                start and the columns of .reconcile.values, as the database has them, by start
/                captured {boolean[]}          whether a live version of the row came
/                counted {long[]}              trades as captured: none in what the stream brought
/                changed {long[]}              rows whose last live version was another
/                live {table}                  these versions, in the columns of .reconcile.values
/ @signal open if no date is open
.reconcile.rows:{[names]
  if[not .z.w in key .reconcile.opened;'"open: no date is open for this connection"];
  parts:.reconcile.opened .z.w;
  bars:.reconcile.take[parts 0;names];
  if[not .merge.isOrdered bars;bars:.merge.bars[bars]`merged];
  isFlat:`flat=bars`src;
  left:.reconcile.left[parts 1;distinct bars[`sym] where isFlat];
  at:(`sym`start#left)?`sym`start#bars;
  isLeft:isFlat&at<count left;
  isLast:isLeft&.reconcile.agrees[bars;left at];
  hasTrace:any not null bars .reconcile.traces;
  changed:where isLast;
  begins:where differ bars`sym;
  head:`sym`run!(bars[`sym] begins;(1_begins,count bars)-begins);
  / What no REST version has either: the stream brought the bar, and a file its number of trades.
  isStreamed:isFlat&any not null bars 1_.reconcile.traces;
  counted:@[bars`trades;where isStreamed;:;0N];
  tail:`captured`counted`changed`live!("b"$hasTrace|isLeft|not isFlat;counted;changed;.reconcile.values#left at changed);
  names:`start,.reconcile.values;
  head,(names!bars names),tail
  };

/ @desc   Rows of some symbols, symbols as symbols.
/ @return {table}
.reconcile.take:{[part;names]
  known:distinct names where names in key part 1;
  at:"j"$raze part[1;known]+til each part[2;known];
  columns:cols part 0;
  rows:flip columns!part[0][columns]@\:at;
  {@[x;y;.cal.plain]}/[rows;`sym`mkt`src]
  };

/ @desc   The last superseded live version of each bar.
/ @return {table}
.reconcile.left:{[part;names]
  live:`sym`start`recv xasc select from .reconcile.take[part;names] where not src=`flat;
  live where 1_(differ[live`sym]|differ live`start),1b
  };

/ @desc   Whether versions may be those that gave bars the columns that no file has.
.reconcile.agrees:{[bars;versions]
  all {[bars;versions;name] null[versions name]|versions[name]=bars name}[bars;versions] each .reconcile.traces
  };

/ @desc   Lets go of what a connection has open.
/ @param  handle {int}
.reconcile.closed:{[handle] .reconcile.opened:enlist[handle] _ .reconcile.opened;};
.reconcile.close:{[] .reconcile.closed .z.w};
