/ q/disk.q
/ purpose: what q has no word for: renaming, links, synchronising with the disk, and a lock. Done by the shell.
/ rules:   paths hold letters, digits and . _ - / only, so that none needs quoting: .disk.path says so at the start.
/ launch:  loaded by q/feed.q and q/hdb.q

/ @desc   A directory as an absolute path without a slash at its end.
/ @param  given {string}
/ @return {string}
/ @signal path if it holds a character that would have to be quoted
.disk.path:{[given]
  path:$["/"=first given;given;first[system"pwd"],"/",given];
  path:$[path like "*/";-1_path;path];
  if[not all path in .Q.an,".-/";'"path: ",given," holds more than letters, digits and . _ - /; choose another"];
  path
  };

/ @desc   Runs shell commands, one after the other, up to the first that fails.
/ @param  commands {string[]}
/ @param  work     {string} a directory for the script
/ @signal os
.disk.run:{[commands;work]
  script:work,"/commands.sh";
  (hsym `$script) 0: enlist["set -e"],commands;
  system"sh ",script
  };

.disk.exists:{[path] not ()~key hsym `$path};
.disk.names:{[path] $[.disk.exists path;string key hsym `$path;()]};
.disk.make:{[path] system"mkdir -p ",path;};
.disk.remove:{[paths] if[count paths;system each "rm -rf ",/:paths];};
.disk.rename:{[path;name] system"mv -f ",path," ",name;};

/ @desc   The command that puts a link into the place of another at once: whoever looks sees the one or the other.
/ @param  target {string} what it points to
/ @param  link   {string}
/ @return {string[]}
.disk.relink:{[target;link]
  part:link,".part";
  ("rm -f ",part;"ln -s ",target," ",part;$["m"=first string .z.o;"mv -fh ";"mv -fT "],part," ",link)
  };

/ @desc   Waits until files, or a directory's files and its own entry, are on the disk.
/ @param  paths {string[]}
/ @return {string} the command
.disk.sync:{[paths] $["m"=first string .z.o;"sync";"sync ",raze " ",/:paths]};

/ @desc   Where a link points; empty where there is none.
.disk.target:{[link] $[()~found:@[system;"readlink ",link,"; true";()];"";first found]};

/ @desc   Writes a value so that a reader finds the old one or the new one, whole.
.disk.save:{[path;value_]
  part:path,".part";
  (hsym `$part) set value_;
  system .disk.sync enlist part;
  .disk.rename[part;path];
  };

/ @desc   Makes this process the only one that writes a directory.
/ @param  root {string}
/ @signal lock if another living process has it
.disk.lock:{[root]
  lock:root,"/lock";
  mine:string[.z.h]," ",string[.z.i]," ",.disk.born .z.i;
  taken:@[{system x;0b};"mkdir ",lock," 2>/dev/null";1b];
  if[taken;
    owner:@[{first read0 hsym `$x,"/owner"};lock;""];
    if[.disk.isAlive owner;'"lock: ",root," is written by process ",owner,"; stop it first"];
    stale:lock,".",string .z.i;
    .disk.rename[lock;stale];
    .disk.remove enlist stale;
    system"mkdir ",lock];
  (hsym `$lock,"/owner") 0: enlist mine;
  };

/ @desc   When a process began, in ticks since the machine did: a number that is used again is another process.
.disk.born:{[process] first @[system;"cut -d' ' -f22 /proc/",string[process],"/stat 2>/dev/null || echo 0";enlist enlist "0"]};

/ @desc   Whether the process that an owner file names lives. One of another machine is taken to.
.disk.isAlive:{[owner]
  parts:" " vs owner;
  if[3>count parts;:0b];
  if[not parts[0]~string .z.h;:1b];
  parts[2]~.disk.born "J"$parts 1
  };
