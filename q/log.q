/ q/log.q
/ purpose: logs that are appended message by message: opened whole, however the last process to write one ended.
/ rules:   bytes at the end that are no whole message are cut off, and kept beside the log as LOG.tail.TIME. What
/          cannot be written ends the process: a log that lacks a message must not get the next one.
/ launch:  loaded by q/tick.q and q/eod.q; needs q/disk.q

/ @desc   Opens a log for appending; makes it where there is none.
/ @param  path {string}
/ @return {list} (handle; whole messages in it)
/ @signal what the disk signals
.log.open:{[path]
  file:hsym `$path;
  if[.log.isShort path;.[file;();:;()]];
  extent:.log.extent path;
  if[extent[1]<hcount file;.log.cut[path;extent 1]];
  (hopen file;extent 0)
  };

/ @desc   How much of a log is whole.
/ @param  path {string} of a log that is there
/ @return {long[]} messages; bytes up to the end of the last of them
.log.extent:{[path]
  found:-11!(-2;hsym `$path);
  $[0>type found;(found;hcount hsym `$path);found]
  };

/ @desc   Whether not even the mark that begins a log is there: its writer was killed as it made it.
.log.isShort:{[path] $[.disk.exists path;8>hcount hsym `$path;1b]};

/ @desc   Cuts a log to a length, and keeps what was behind it.
.log.cut:{[path;bytes]
  tail:path,".tail.",(string[.z.p] inter .Q.n),".",string .z.i;
  system"tail -c +",string[1+bytes]," ",path," > ",tail;
  system"truncate -s ",string[bytes]," ",path;
  -2 path,": cut ",string[hcount hsym `$tail]," bytes that were no whole message; they are in ",tail;
  };

/ @desc   Appends a message, or ends the process.
/ @param  handle  {int}
/ @param  message {list} function name and arguments
.log.append:{[handle;message] @[handle;enlist message;.log.fail];};

/ @desc   Says what the disk signals, and ends with the code for files that cannot be written.
.log.fail:{[failed]
  -2 "log: a message cannot be written (",failed,"); this process ends, so that nothing is taken that is not logged";
  exit 74
  };
