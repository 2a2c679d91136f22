/ q/aside.q
/ purpose: the dates that have ended and whose rows this process still has: set aside, brought into the database by
/          q/eod.q, and dropped once others serve them.
/ flow:    (`.u.end;date) -> .rdb.end -> q/eod.q is started -> .feed.tellServed of the loader -> (`.rdb.served;served;
/          merged) -> .rdb.drop
/ launch:  loaded by q/rdb.q

/ globals
/ .rdb.ended     dates that are set aside: messages of their logs, and when q/eod.q was last started
/ .rdb.aside     date -> table -> rows
/ .rdb.asked     connection to the loader; null while it is away
/ .rdb.tried     when the loader was last looked for
/ .rdb.recent    ended dates that are looked for at the start
/ .rdb.patience  after which q/eod.q is started again for a date that is not in the database
/ .rdb.keep      dropped dates that are remembered
.rdb.ended:([day:`date$()] messages:`long$();started:`timestamp$());
.rdb.aside:(`date$())!();
.rdb.asked:0Ni;
.rdb.tried:-0Wp;
.rdb.recent:10;
.rdb.patience:0D00:10;
.rdb.keep:100;

/ @desc   Sets the current date aside, unless nothing came on it, and begins another.
/ @param  following {date}
.rdb.end:{[following]
  day:.rdb.date;
  if[0=.rdb.taken;.rdb.begin following;:()];
  .rdb.aside[day]:.rdb.tables!value each .rdb.tables;
  `.rdb.ended upsert (day;.rdb.taken;0Np);
  .rdb.begin following;
  -1 string[day]," has ended: ",.rdb.text[day]," are set aside";
  if[null .rdb.loader;.rdb.drop each key[.rdb.aside] except day];
  };

.rdb.text:{[day] string[sum count each .rdb.aside day]," rows of ",string[.rdb.ended[day]`messages]," batches"};

/ @desc   Forgets a date that others serve, and notes it for the next start.
.rdb.drop:{[date]
  -1 string[date]," is dropped: ",.rdb.text date;
  .rdb.aside:(enlist date) _ .rdb.aside;
  delete from `.rdb.ended where day=date;
  if[count .rdb.logs;.rdb.note date];
  .Q.gc[];
  };

/ @desc   Takes up ended dates that had not been dropped when this process ended.
.rdb.recover:{[day]
  if[null .rdb.loader;:()];
  days:.rdb.logged[];
  days:(days where days<day) except .rdb.dropped[];
  {[day] .rdb.begin day;.rdb.readLog[day;0N];.rdb.end day+1;} each neg[.rdb.recent] sublist days;
  };

.rdb.dropped:{[] $[.disk.exists path:.rdb.logs,"dropped";get hsym `$path;`date$()]};

.rdb.note:{[day]
  path:.rdb.logs,"dropped";
  (hsym `$path,".part") set neg[.rdb.keep] sublist asc distinct .rdb.dropped[],day;
  system"mv -f ",path,".part ",path;
  };

/ @desc   Asks the loader, without waiting for it, which of the ended dates its readers have.
.rdb.ask:{[]
  if[(0=count .rdb.ended)|null .rdb.loader;:()];
  if[null .rdb.asked;
    if[.z.p<.rdb.tried+0D00:00:10;:()];
    .rdb.tried:.z.p;
    .rdb.asked:@[hopen;(.rdb.loader;500);0Ni];
    if[null .rdb.asked;:.rdb.say "the loader is away: what has ended is kept"]];
  @[neg .rdb.asked;(`.feed.tellServed;exec day!messages from .rdb.ended);{[failed] -2 "the loader cannot be asked: ",failed}];
  };

/ @desc   Called by the loader.
/ @param  served {date[]} dates that its readers have: these are dropped
/ @param  merged {date[]} dates that it has; the end of day of others is started
.rdb.served:{[served;merged]
  .rdb.drop each served inter key .rdb.aside;
  .rdb.startEod each exec day from .rdb.ended where not day in merged,(null started)|started<.z.p-.rdb.patience;
  };

/ @desc   Starts the end of day of a date as a process of its own.
.rdb.startEod:{[date]
  update started:.z.p from `.rdb.ended where day=date;
  file:.rdb.logs,string date;
  command:" " sv (.rdb.eod;"-log";file;"-market";string .rdb.market;"-loader";1_string .rdb.loader);
  if[0=count .rdb.eod;-2 string[date]," is not in the database: run q q/eod.q ",command;:()];
  @[system;command," </dev/null >>",file,".eod.txt 2>&1 &";{[failed] -2 "q/eod.q cannot be started: ",failed}];
  -1 string[date],": end of day started, see ",file,".eod.txt";
  };
