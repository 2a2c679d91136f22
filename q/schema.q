/ q/schema.q
/ purpose: the tables of a tickerplant that takes this feed. src/tables/definitions.ts says the same for the
/          feed's side; a test holds the two equal, and the feed compares them with the live meta at connect.
/ rules:   every table starts with time and sym, is unkeyed and empty; time is a timespan, so that a stock
/          tickerplant takes the batches as they are. A bar is identified by mkt, sym and start: seen again, it
/          replaces its earlier version (last version of each: select by mkt,sym,start from agg1s).
/ launch:  loaded by q/tick.q, or copied to a stock tick/ folder: q tick.q schema /logs -p 5010

/ bars of one second
agg1s:([]
  time:`timespan$();        / start of the window, wall-clock time of the trading date in the session zone
  sym:`symbol$();           / Massive's ticker, case-sensitive
  start:`timestamp$();      / start of the window, UTC
  open:`float$();
  high:`float$();
  low:`float$();
  close:`float$();
  volume:`float$();         / units traded in the window, fractional where Massive says so
  vwap:`float$();           / null where the source has none
  trades:`long$();          / null where the source has none
  avgsize:`float$();        / average trade size; this and the next three: live stream only
  dayvol:`float$();         / the day so far: volume
  dayvwap:`float$();        / the day so far: volume-weighted average price
  dayopen:`float$();        / the day's official open
  mkt:`symbol$();           / stocks options indices forex crypto futures
  src:`symbol$();           / ws rest flat
  recv:`timestamp$())       / when the feed received it, UTC

/ bars of one minute and of one trading date: the same columns
agg1m:agg1s
agg1d:agg1s

/ intervals in which the feed could not listen, and what became of them; sym is the market
gap:([]
  time:`timespan$();        / when this state was entered
  sym:`symbol$();
  mkt:`symbol$();
  channel:`symbol$();       / Massive's channel
  begin:`timestamp$();      / the interval in event time, UTC
  end:`timestamp$();
  state:`symbol$();         / open filling filled verified deferred unfillable
  cause:`symbol$();         / disconnect silence restart crash suspended refused overflow
  rows:`long$())            / bars that were brought for it so far

/ the feed each minute; sym is the market
feedstat:([]
  time:`timespan$();        / end of the minute
  sym:`symbol$();
  rows:`long$();            / rows published in the minute
  lag:`timespan$();         / median time from window end to acknowledgement
  spool:`long$();           / bytes that wait for the tickerplant
  settled:`timestamp$();    / windows that end by then have their first versions in, UTC; a heuristic
  corrected:`timestamp$())  / windows that end by then have their corrections in, UTC; a heuristic
