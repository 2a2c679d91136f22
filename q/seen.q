/ q/seen.q
/ purpose: which batches of which source have been taken, so that one that is sent again is not taken again. A source
/          numbers its batches upward; what has been taken is kept as ranges of these numbers.
/ order:   a batch below one that was taken fills a hole: an error kept it out, and the feed sends again all that came
/          behind it, in order. That is taken again, or an older version of a bar would stand last: what is above a hole
/          that is filled is forgotten.
/ flow:    .seen.note (the intent, in LOG.seen) -> the message in the log -> .seen.add
/ crash:   the intent names the message of the log that it announces. One whose message is not in the log was cut off
/          between the two, and does not count: after a kill at any point a batch counts exactly if the log has it.
/          After a loss of power the system may have kept either file without the other's end: what the log lacks does
/          not count, what LOG.seen lacks may come twice.
/ launch:  loaded by q/tick.q; needs q/log.q

/ globals
/ .seen.ranges   source -> (begins;ends) of ranges that were taken, ascending, with holes between them
/ .seen.heard    source -> date on which it last sent
/ .seen.date     date of the log that is written now
/ .seen.handle   LOG.seen; null without a log
/ .seen.marks    while a file is read: (message;source;sequence) of its intents
/ .seen.carried  while a file is read: what it has of earlier dates
/ .seen.most     ranges of a source; the lowest are forgotten, and may then come twice
/ .seen.keep     days after which a source that sends nothing is forgotten
.seen.ranges:(`symbol$())!();
.seen.heard:(`symbol$())!`date$();
.seen.date:0Nd;
.seen.handle:0Ni;
.seen.marks:();
.seen.carried:();
.seen.most:100000;
.seen.keep:30;

/ @desc   Whether a batch has been taken.
/ @param  source   {symbol}
/ @param  sequence {long}
/ @return {boolean}
.seen.has:{[source;sequence]
  if[not source in key .seen.ranges;:0b];
  range:.seen.ranges source;
  at:range[0] bin sequence;
  $[at<0;0b;sequence<=range[1] at]
  };

/ @desc   Counts a batch as taken, which it was not; those above it count no more.
.seen.add:{[source;sequence]
  .seen.heard[source]:.seen.date;
  if[source in key .seen.ranges;
    if[sequence=1+last .seen.ranges[source;1];
      .seen.ranges[source;1;count[.seen.ranges[source;1]]-1]:sequence;
      :()];
    .seen.ranges[source]:.seen.ranges[source][;where sequence>.seen.ranges[source;0]]];
  .seen.addRanges[source;enlist sequence;enlist sequence];
  };

/ @desc   Counts ranges of batches as taken.
/ @param  begins {long[]}
/ @param  ends   {long[]}
.seen.addRanges:{[source;begins;ends]
  known:$[source in key .seen.ranges;.seen.ranges source;(0#0;0#0)];
  joined:.seen.union[known;(begins;ends)];
  if[.seen.most<count joined 0;
    -2 "seen: ",string[source]," has more than ",string[.seen.most]," holes; its lowest ranges are forgotten"];
  .seen.ranges[source]:neg[.seen.most] sublist/:joined;
  };

/ @desc   Ranges that two lists of ranges cover; those that touch become one.
.seen.union:{[one;other]
  begins:one[0],other 0;
  order:iasc begins;
  begins:begins order;
  ends:maxs (one[1],other 1) order;
  isFirst:1b,(1_begins)>1+-1_ends;
  (begins where isFirst;ends where (1_isFirst),1b)
  };

/ @desc   Announces a batch: the next message of the log is it.
/ @param  message {long} its number in the log, from 0
.seen.note:{[message;source;sequence]
  if[not null .seen.handle;.log.append[.seen.handle;(`.seen.mark;message;source;sequence)]];
  };

/ @desc   Takes up what was seen before.
/ @param  file     {string} path of the log
/ @param  messages {long}   whole messages in it
/ @param  date     {date}
/ @param  earlier  {string[]} the log before it, to go on from where this one has just been made
/ @param  later    {string[]} logs of later dates: the clock was ahead when they were written
.seen.open:{[file;messages;date;earlier;later]
  isNew:.log.isShort file,".seen";
  {[path] .seen.read[path;first .log.extent path]} each later,$[isNew;earlier;()];
  if[not isNew;.seen.read[file;messages]];
  .seen.date:date;
  .seen.begin[file;isNew];
  };

/ @desc   Goes on to the log of another date.
.seen.roll:{[file;messages;date]
  hclose .seen.handle;
  isNew:.log.isShort file,".seen";
  if[not isNew;.seen.read[file;messages]];
  .seen.date:date;
  .seen.begin[file;isNew];
  if[not isNew;.log.append[.seen.handle] each .seen.carries[]];
  };

/ @desc   Opens the file of a log; a new one begins with what is known.
.seen.begin:{[file;isNew]
  .seen.forget[];
  if[isNew;.seen.rewrite[file,".seen";.seen.carries[]]];
  .seen.handle:first .log.open file,".seen";
  };

/ @desc   All that is known, as messages.
.seen.carries:{[]
  {[source] `.seen.carry,source,.seen.ranges[source],.seen.heard source} each key .seen.ranges
  };

/ @desc   Forgets sources that have not sent for long.
.seen.forget:{[]
  gone:where .seen.heard<.seen.date-.seen.keep;
  .seen.heard:gone _ .seen.heard;
  .seen.ranges:gone _ .seen.ranges;
  };

/ @desc   Adds what a log's file says, as far as the log has it; the rest is taken out of the file.
/ @param  messages {long} whole messages in the log
.seen.read:{[file;messages]
  path:file,".seen";
  if[.log.isShort path;:()];
  hclose first .log.open path;
  .seen.date:"D"$-10#file;
  .seen.marks:.seen.carried:();
  -11!hsym `$path;
  {[carried] .seen.addRanges . 3#carried;.seen.heard[carried 0]|:carried 3;} each .seen.carried;
  counts:$[count .seen.marks;.seen.marks where messages>.seen.marks[;0];()];
  {[mark] .seen.add . 1_mark;} each counts;
  if[count[counts]<count .seen.marks;
    .seen.rewrite[path;((`.seen.carry,) each .seen.carried),(`.seen.mark,) each counts]];
  .seen.marks:.seen.carried:();
  };

.seen.mark:{[message;source;sequence] .seen.marks,:enlist (message;source;sequence);};
.seen.carry:{[source;begins;ends;heard] .seen.carried,:enlist (source;begins;ends;heard);};

/ @desc   Writes a file anew; a reader finds the old one or the new one, whole.
/ @param  messages {list}
.seen.rewrite:{[path;messages]
  part:path,".part";
  (hsym `$part) set ();
  handle:hopen hsym `$part;
  if[count messages;handle messages];
  hclose handle;
  .disk.run (.disk.sync enlist part;"mv -f ",part," ",path);
  };
