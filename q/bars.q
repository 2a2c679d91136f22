/ q/bars.q
/ purpose: bars of other lengths, and the last version of each bar, from the tables of a tickerplant, an RDB or a
/          database.
/ rules:   windows are counted from the begin of the trading date: midnight in the session zone, for futures 17:00 in
/          Chicago the evening before. They are computed from market, date and start, so that it does not matter how
/          a tickerplant fills column time.
/ launch:  q q/bars.q, or loaded by q/hdb.q
/ example: .bar.m5 .bar.last[`agg1m;`AAPL`MSFT;2024.01.02D14:30;2024.01.02D21:00]

if[not `cal in key `;
  .bar.folder:1_string first ` vs hsym .z.f;
  system"l ",$[count .bar.folder;.bar.folder;"."],"/calendar.q"];

/ @desc   Last versions of bars. What can be filtered is filtered before versions are compared: dates first, where
/         the table is parted by date.
/ @param  table {symbol} name of a table
/ @param  syms  {symbol|symbol[]} ` for all
/ @param  begin {timestamp} of windows' starts, UTC
/ @param  end   {timestamp} from which on they are not wanted
/ @return {table} by sym and start; with column date where the table is parted by it
.bar.last:{[table;syms;begin;end]
  conditions:((>=;`start;begin);(<;`start;end));
  if[not `~syms;conditions:enlist[(in;`sym;enlist (),syms)],conditions];
  / A trading date's windows are at most a day away from it in UTC.
  if[1b~.Q.qp value table;conditions:enlist[(within;`date;-1 1+"d"$begin,end)],conditions];
  found:?[table;conditions;0b;()];
  cols[found] xcols 0!select by sym,start from found
  };

/ @desc   Bars of a number of minutes.
/ @param  width {timespan}
/ @param  bars  {table} last versions of agg1m, of any number of symbols, dates and markets
/ @return {table} date sym start open high low close volume vwap trades mkt, by sym and start
.bar.minutes:{[width;bars]
  dates:.cal.dates bars;
  begins:.bar.begins[bars;dates];
  windows:begins+width xbar bars[`start]-begins;
  delete window from update start:window from .bar.group update date:dates,window:windows from bars
  };

.bar.m5:.bar.minutes 0D00:05;
.bar.m15:.bar.minutes 0D00:15;
.bar.m30:.bar.minutes 0D00:30;
.bar.h1:.bar.minutes 0D01;
.bar.h4:.bar.minutes 0D04;

/ @desc   Bars of weeks, which begin on Monday, and of months.
/ @param  bars {table} last versions of agg1d
/ @return {table} as .bar.minutes; date and start are those of the first trading date that has a bar
.bar.w1:{[bars] dates:.cal.dates bars;.bar.period[bars;dates;`week$dates]};
.bar.mo1:{[bars] dates:.cal.dates bars;.bar.period[bars;dates;"d"$`month$dates]};

.bar.period:{[bars;dates;periods]
  delete window from .bar.group update date:dates,window:"p"$periods from bars
  };

/ @desc   The instants at which the trading dates of bars begin.
.bar.begins:{[bars;dates]
  markets:group .cal.plain bars`mkt;
  begins:{[dates;market;rows] .cal.begin[market;dates rows]}[dates]'[key markets;value markets];
  @[count[bars]#0Np;raze value markets;:;raze begins]
  };

/ @desc   One bar for each window, with the date and start of its first bar.
/ @param  bars {table} with columns date and window
.bar.group:{[bars]
  grouped:0!select first date,first start,first open,max high,min low,last close,volume:.bar.sum volume,
    vwap:(sum volume*vwap)%sum volume*not null vwap,trades:.bar.sum trades
    by sym,mkt,window from `start xasc bars;
  `date`sym`start`open`high`low`close`volume`vwap`trades`mkt xcols grouped
  };

/ @desc   The sum; null where all are null.
.bar.sum:{[values] $[all null values;first values;sum values]};
