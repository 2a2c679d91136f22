/ q/test/bars.q
/ purpose: bars of other lengths, and adjusted bars, compared with values worked out by hand
/ launch:  q q/test/bars.q; ends with 0 if all is as it should be

.test.folder:1_string first ` vs hsym .z.f;
.test.load:{[script] system"l ",.test.folder,"/../",script};
.test.load each ("schema.q";"calendar.q";"reference.q";"bars.q");

.test.failed:0;
.test.is:{[name;found;wanted]
  isWanted:found~wanted;
  .test.failed+:not isWanted;
  -1 $[isWanted;"ok - ";"not ok - "],name;
  if[not isWanted;-1 "  found  ",-3!found;-1 "  wanted ",-3!wanted];
  };

/ minutes of a stock around the opening of 2024.03.11, the first day of summer time, in two versions
.test.starts:2024.03.11D13:30 2024.03.11D13:31 2024.03.11D13:34 2024.03.11D13:35;
agg1m:update start:.test.starts,sym:`A,mkt:`stocks,open:1 2 3 4f,high:5 9 6 7f,low:1 2 0.5 4,close:2 3 4 5f,volume:10 20 30 40f,
  vwap:1 0n 3 4,trades:1 2 3 0N from 4#enlist first agg1m;
`agg1m insert update close:9f from 1#agg1m;
.test.bars:.bar.last[`agg1m;`A;2024.03.11D13:00;2024.03.11D14:00];
.test.is["last versions";.test.bars`close;9 3 4 5f];
.test.is["last versions of other symbols";count .bar.last[`agg1m;`B`C;2024.03.11D13:00;2024.03.11D14:00];0];
.test.is["last versions end before the end";count .bar.last[`agg1m;`;2024.03.11D13:30;2024.03.11D13:35];3];
.test.five:.bar.m5 .test.bars;
.test.is["5m starts";.test.five`start;2024.03.11D13:30 2024.03.11D13:35];
.test.is["5m prices";.test.five`open`high`low`close;(1 4f;9 7f;0.5 4;4 5f)];
.test.is["5m volume, vwap where there is one, trades";.test.five`volume`vwap`trades;(60 40f;2.5 4;6 0N)];
/ 9:30 in New York is in the window from 8:00, counted from midnight
.test.is["4h is counted from the session's midnight";(.bar.h4 .test.bars)`start;enlist 2024.03.11D12:00];
.test.is["columns";cols .test.five;`date`sym`start`open`high`low`close`volume`vwap`trades`mkt];

/ futures: Monday's session begins on Sunday at 17:00 in Chicago, 22:00 UTC in summer
.test.future:update mkt:`futures,start:2024.03.10D22:00 2024.03.11D01:59 2024.03.11D02:00 2024.03.11D02:01 from .test.bars;
.test.is["futures 4h";(.bar.h4 .test.future)`start`date;(2024.03.10D22:00 2024.03.11D02:00;2024.03.11 2024.03.11)];

/ days of two weeks and two months
.test.days:update start:2024.03.28D04:00 2024.03.29D04:00 2024.04.01D04:00 2024.04.02D04:00 from .test.bars;
.test.is["weeks";(.bar.w1 .test.days)`date`close;(2024.03.28 2024.04.01;3 5f)];
.test.is["months";(.bar.mo1 .test.days)`date`volume;(2024.03.28 2024.04.01;30 70f)];

/ two for one on the 1st of April, three for one the day after
.test.splits:([]sym:`A`A`B;day:2024.04.01 2024.04.02 2024.03.29;before:1 1 1f;after:2 3 9f);
.test.adjusted:.ref.adjust[.test.days;.test.splits];
.test.is["splits divide prices";.test.adjusted`open;(1%6;2%6;1f;4f)];
.test.is["splits multiply volumes";.test.adjusted`volume;60 120 90 40f];
.test.is["without splits nothing changes";.ref.adjust[.test.days;0#.test.splits];.test.days];
.test.dividends:([]sym:enlist`A;day:enlist 2024.04.01;cash:enlist 1f);
.test.closes:([]sym:`A`A;date:2024.03.28 2024.03.29;close:9 4f);
.test.is["dividends are parts of the close before";(.ref.adjustDividends[.test.days;.test.dividends;.test.closes])`open;0.75 1.5 3 4];
exit 0<.test.failed
