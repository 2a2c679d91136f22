/ q/gateway.q
/ purpose: one place to ask about any date of any market: what is still in memory is asked of the RDB, the rest of the
/          database.
/ flow:    query -> RDB of the market: rows of the dates that it owns -> HDB of the market: rows of the other dates
/ rules:   the RDB says in one answer which dates it owns and gives their rows. It gives up a date only when every
/          reader has it, so that a date which it does not own is in the HDB that is asked afterwards: nothing is
/          missing and nothing comes twice at any instant, also while a date is handed over.
/          The HDB has to be a reader of the loader (q/hdb.q -loader).
/ launch:  q q/gateway.q -rdb stocks=:5011 crypto=:5021 -hdb stocks=:5012 crypto=:5022 -p 5014
/          massive-kdb q q/gateway.q -rdb stocks=:5011 -hdb stocks=:5012 -p 5014
/ example: .gate.rows[`agg1m;`stocks;2026.01.05 2026.01.06;`AAPL`MSFT]
/          .gate.bars[`agg1m;`stocks`crypto;2026.01.05;`]
/          .gate.apply[{select last close,sum volume by sym from x};`agg1m;`stocks;2026.01.05;`AAPL]

/ globals
/ .gate.rdb      market -> address of its RDB
/ .gate.hdb      market -> address of its HDB
/ .gate.handles  address -> connection

/ @desc   Rows as they came: every version of every bar that is still in memory, the last of those in the database.
/ @param  name    {symbol} a table of q/schema.q, parted by date
/ @param  markets {symbol|symbol[]} ` for all
/ @param  dates   {date|date[]} trading dates
/ @param  syms    {symbol|symbol[]} ` for all
/ @return {table} with column date first; of one market by date
/ @signal market, away, and what the processes signal
.gate.rows:{[name;markets;dates;syms] .gate.apply[{[rows] rows};name;markets;dates;syms]};

/ @desc   The last version of each bar.
.gate.bars:{[name;markets;dates;syms]
  latest:{[rows] cols[rows] xcols 0!select by mkt,sym,start from rows};
  .gate.apply[latest;name;markets;dates;syms]
  };

/ @desc   Applies a function to the rows of each date, where they are, and joins what it returns.
/ @param  function {function} of a table of one date
/ @return {table|list}
.gate.apply:{[function;name;markets;dates;syms]
  chosen:$[`~markets;key .gate.rdb;(),markets];
  unknown:chosen except key .gate.rdb;
  if[count unknown;'"market: ",(", " sv string unknown)," is none of ",", " sv string key .gate.rdb];
  raze .gate.market[function;name;distinct (),dates;syms] each chosen
  };

/ @desc   The same of one market.
.gate.market:{[function;name;dates;syms;market]
  live:.gate.ask[.gate.rdb market;(.gate.fromRdb;function;name;dates;syms)];
  rest:asc dates except live`owned;
  past:$[count rest;.gate.ask[.gate.hdb market;(.gate.fromHdb;function;name;rest;syms)];()];
  found:past,live`found;
  $[count found;raze found;.gate.ask[.gate.rdb market;(.gate.nothing;function;name)]]
  };

/ @desc   Runs on the RDB.
/ @return {dict} owned: those of the dates that it owns; found: what the function returns for each
.gate.fromRdb:{[function;name;dates;syms]
  owned:asc dates where .rdb.owns dates;
  one:{[function;name;syms;day]
    rows:.rdb.rows[name;day];
    if[not `~syms;rows:select from rows where sym in syms];
    function `date xcols update date:day from rows
    };
  `owned`found!(owned;one[function;name;syms] each owned)
  };

/ @desc   Runs on the RDB, where none of the dates is anywhere: the answer has its columns all the same.
.gate.nothing:{[function;name] function `date xcols update date:0Nd from 0#value name};

/ @desc   Runs on the HDB.
/ @return {list} what the function returns for each date that is there
.gate.fromHdb:{[function;name;dates;syms]
  if[not `date in key `.;:()];
  one:{[function;name;syms;day]
    conditions:enlist (=;`date;day);
    if[not `~syms;conditions,:enlist (in;`sym;enlist (),syms)];
    rows:?[name;conditions;0b;()];
    names:cols[rows] where (type each value flip rows) within 20 76h;
    function @[rows;names;value]
    };
  one[function;name;syms] each dates inter value `date
  };

/ @desc   Asks a process; connects to it where there is no connection.
/ @signal away, and what the process signals
.gate.ask:{[address;message]
  handle:.gate.handles address;
  if[null handle;
    handle:@[hopen;(address;5000);{[address;failed] '"away: ",(1_string address)," does not answer (",failed,")"}[address]];
    .gate.handles[address]:handle];
  handle message
  };

/ @desc   Reads addresses such as stocks=:5011.
.gate.addresses:{[options;name]
  parts:"=" vs/:options name;
  if[not all 2=count each parts;'"usage: -",string[name]," MARKET=HOST:PORT ..."];
  (`$parts[;0])!`$":",/:parts[;1]
  };

/ @signal usage
.gate.start:{[]
  options:.Q.opt .z.x;
  if[not all `rdb`hdb in key options;'"usage: q q/gateway.q -rdb MARKET=HOST:PORT ... -hdb MARKET=HOST:PORT ... -p PORT"];
  .gate.rdb:.gate.addresses[options;`rdb];
  .gate.hdb:.gate.addresses[options;`hdb];
  if[not (asc key .gate.rdb)~asc key .gate.hdb;'"usage: -rdb and -hdb name other markets"];
  .gate.handles:(`symbol$())!`int$();
  .z.pc:{[closed] .gate.handles:(where .gate.handles=closed) _ .gate.handles;};
  };

@[.gate.start;::;{[failed] -2 failed;exit $[failed like "usage*";64;74]}];
