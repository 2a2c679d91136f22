/ q/ended.q
/ purpose: which trading dates of the live side are in the database: noted at the end of day, so that the processes that
/          hold these rows in memory know when the readers have them.
/ flow:    q/eod.q -> .feed.ended -> here; q/rdb.q -> .feed.tellServed -> (`.rdb.served;served;merged)
/ launch:  loaded by q/feed.q

/ globals
/ .ended.dates  trading date -> messages of the log that are in the database, and the generation since which they are
.ended.dates:([day:`date$()] messages:`long$();generation:`long$());

.ended.file:{[] .disk.work,"/ended"};

.ended.open:{[] if[.disk.exists .ended.file[];.ended.dates:get hsym `$.ended.file[]];};

/ @desc   Notes the end of a date. One that is noted again, after the same messages, was there before.
/ @param  date  {date}
/ @param  taken {long} messages of its log that have been merged
.ended.note:{[date;taken]
  if[taken<=.ended.dates[date]`messages;:()];
  `.ended.dates upsert (date;taken;.store.generation[]);
  .disk.save[.ended.file[];.ended.dates];
  };

/ @desc   Dates that are in the database with at least so many messages.
/ @param  held {dict} date -> messages
/ @return {date[]}
.ended.merged:{[held] key[held] where value[held]<=.ended.dates[([]day:key held)]`messages};

/ @desc   Those of them that every reader has.
/ @return {date[]}
.ended.served:{[held]
  merged:.ended.merged held;
  merged where .store.isServed each .ended.dates[([]day:merged)]`generation
  };
