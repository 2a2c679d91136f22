/ q/calendar.q
/ purpose: trading dates and column time from a market and the start of a window alone. The feed computes the same
/          in its own calendar; a test holds the two equal.
/ rules:   stocks, options, indices: the date in New York; futures: the date on which the session ends, from 17:00
/          in Chicago the next day; forex, crypto: the date in UTC.
/ launch:  loaded by q/feed.q and q/bars.q

/ globals
/ .cal.standard  hours that a market's session zone is ahead of UTC in winter; 0 has no summer time
/ .cal.roll      time before midnight at which the next trading date begins
.cal.standard:`stocks`options`indices`forex`crypto`futures!-5 -5 -5 0 0 -6;
.cal.roll:`stocks`options`indices`forex`crypto`futures!0D00 0D00 0D00 0D00 0D00 0D07;

/ @desc   The first Sunday on or after a day.
/ @param  day {date|date[]}
/ @return {date|date[]}
.cal.sunday:{[day] day+(1-`int$day) mod 7};

/ @desc   The days on which clocks change in the United States: second Sunday of March and first of November; until
/         2006 first Sunday of April and last of October.
/ @param  year {int} from 1987 on
/ @return {date[]} begin and end of summer time, each at 2:00 on the clock that is left
.cal.changes:{[year]
  days:$[year<2007;("04.01";"10.25");("03.08";"11.01")];
  .cal.sunday "D"$(string[year],".") ,/: days
  };

/ @desc   What a market's wall clock shows ahead of UTC.
/ @param  market  {symbol}
/ @param  instant {timestamp[]} UTC
/ @return {timespan[]}
.cal.offset:{[market;instant]
  standard:0D01*.cal.standard market;
  if[(0=count instant)|0D00=standard;:count[instant]#0D00];
  years:`year$instant;
  distinctYears:distinct years;
  changes:("p"$.cal.changes each distinctYears)+\:0D02 0D01-standard;
  changes:changes distinctYears?years;
  standard+0D01*(instant>=changes[;0])&instant<changes[;1]
  };

/ @desc   The same where few instants differ: looked up for the earliest and the latest, and for each only if those
/         differ. All instants must be of one half year, as those of a partition are.
.cal.offsetWithin:{[market;instant]
  ends:.cal.offset[market] (min;max)@\:instant;
  $[ends[0]=ends 1;first ends;.cal.offset[market;instant]]
  };

/ @desc   Trading dates.
/ @param  market  {symbol}
/ @param  instant {timestamp[]} starts of windows, UTC
/ @return {date[]}
.cal.date:{[market;instant] "d"$instant+.cal.offset[market;instant]+.cal.roll market};

/ @desc   Column time: wall-clock time of the trading date, before its midnight negative.
/ @param  market  {symbol}
/ @param  date    {date}        trading date of all of them
/ @param  instant {timestamp[]} starts of windows, UTC
/ @return {timespan[]}
.cal.time:{[market;date;instant]
  if[0=count instant;:`timespan$()];
  (instant-"p"$date)+.cal.offsetWithin[market;instant]
  };

/ @desc   The instants at which trading dates begin.
/ @param  market {symbol}
/ @param  date   {date[]}
/ @return {timestamp[]} UTC
.cal.begin:{[market;date]
  standard:("p"$date)-.cal.roll[market]+0D01*.cal.standard market;
  ("p"$date)-.cal.roll[market]+.cal.offset[market;standard]
  };

/ @desc   Symbols without their enumeration.
.cal.plain:{[symbols] $[11h=type symbols;symbols;value symbols]};

/ @desc   Trading dates of bars: those of their partitions, otherwise from market and start.
/ @param  bars {table}
/ @return {date[]}
.cal.dates:{[bars]
  if[`date in cols bars;:bars`date];
  markets:group .cal.plain bars`mkt;
  dates:{[starts;market;rows] .cal.date[market;starts rows]}[bars`start]'[key markets;value markets];
  @[count[bars]#0Nd;raze value markets;:;raze dates]
  };
