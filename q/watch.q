/ q/watch.q
/ purpose: the live feed on a console: prints each second what bars of one second have come.
/ flow:    tickerplant -> (`upd;`agg1s;rows) -> here
/ launch:  loaded by q/feed.q where it has a tickerplant and no root: q q/feed.q -tp :5010

/ globals
/ .watch.target  the tickerplant
/ .watch.handle  connection to it; null while it is away
/ .watch.rows    what has come and is not printed
/ .watch.most    rows to print each second
.watch.handle:0Ni;
.watch.rows:select start,sym,open,high,low,close,volume,trades from 0#agg1s;
.watch.most:20;

/ @desc   Starts watching.
/ @param  target {string} HOST:PORT
.watch.start:{[target]
  .watch.target:`$":",target;
  upd::.watch.take;
  .z.pc:{[closed] if[closed~.watch.handle;.watch.handle:0Ni;-2 "the tickerplant is away"]};
  .z.ts:{[now] .watch.connect[];.watch.print[]};
  .watch.connect[];
  if[null .watch.handle;-2 "waiting for the tickerplant at ",target];
  if[not system"t";system"t 1000"];
  };

.watch.connect:{[]
  if[not null .watch.handle;:()];
  handle:@[hopen;(.watch.target;1000);0Ni];
  if[null handle;:()];
  subscribed:@[{x(`.u.sub;`agg1s;`);1b};handle;{-2 "the tickerplant has no bars of one second: ",x;0b}];
  if[not subscribed;hclose handle;:()];
  .watch.handle:handle;
  -1 "watching agg1s";
  };

/ @desc   Takes what the tickerplant sends.
/ @param  rows {table|list} a table, or columns
.watch.take:{[table;rows]
  if[not table~`agg1s;:()];
  given:$[98h=type rows;rows;flip cols[agg1s]!rows];
  .watch.rows,:select start,sym,open,high,low,close,volume,trades from given;
  };

/ @desc   Prints the last version of each bar that has come since.
.watch.print:{[]
  if[0=count .watch.rows;:()];
  bars:`start`sym xasc 0!select by sym,start from .watch.rows;
  .watch.rows:0#.watch.rows;
  -1 string[.z.p]," ",string[count bars]," bars";
  -1 .Q.s .watch.most sublist `start xcols bars;
  if[.watch.most<count bars;-1 string[count[bars]-.watch.most]," more"];
  };
