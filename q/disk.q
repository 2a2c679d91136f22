/ q/disk.q
/ purpose: what q has no word for: renaming, links, synchronising with the disk, and a lock. Done by the shell.
/ rules:   paths hold letters, digits and . _ - / only, so that none needs quoting: .disk.path says so at the start.
/ crash:   commands outlive a q process that is killed while it waits for them; the next one waits for their end
/          before it looks at anything (.disk.settle).
/ launch:  loaded by q/feed.q and q/hdb.q

/ globals
/ .disk.work  directory of the script that runs the commands; one process at a time has it
.disk.work:"/tmp";

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
/ @signal os
.disk.run:{[commands]
  script:.disk.work,"/commands.sh";
  (hsym `$script) 0: enlist["set -e"],commands;
  @[system;"sh ",script;{[failed] '"os: a command failed, and said why in this process's log (",failed,")"}];
  };

/ @desc   Waits for commands of a process that was killed meanwhile.
.disk.settle:{[]
  system"while ps -A -o args 2>/dev/null | grep -q '[s]h ",.disk.work,"/commands.sh'; do sleep 0.05; done";
  };

.disk.exists:{[path] not ()~key hsym `$path};
.disk.names:{[path] $[count found:key hsym `$path;string found;()]};
.disk.make:{[path] system"mkdir -p ",path;};

/ @desc   Removes files and directories, whether they are there or not.
.disk.remove:{[paths] if[count paths;.disk.run "rm -rf ",/:paths];};

/ @desc   The command that puts a link into the place of another at once: whoever looks sees the one or the other.
/ @param  target {string} what it points to
/ @param  link   {string}
/ @return {string[]}
.disk.relink:{[target;link]
  part:link,".part";
  ("rm -f ",part;"ln -s ",target," ",part;$["m"=first string .z.o;"mv -fh ";"mv -fT "],part," ",link)
  };

/ @desc   The command that waits until files, or a directory's entries, are on the disk.
/ @param  paths {string[]}
/ @return {string}
.disk.sync:{[paths] $["m"=first string .z.o;"sync";"sync"," " sv enlist[""],paths]};

/ @desc   Where a link points; empty where there is none.
.disk.target:{[link] $[count found:system"readlink ",link,"; true";first found;""]};

/ @desc   Writes a value so that a reader finds the old one or the new one, whole.
.disk.save:{[path;content]
  part:path,".part";
  (hsym `$part) set content;
  .disk.run (.disk.sync enlist part;"mv -f ",part," ",path;.disk.sync enlist "/" sv -1_"/" vs path);
  };

/ @desc   Makes this process the only one that writes a directory. The lock is a link whose target names the owner:
/         it comes into being with its content, or not at all.
/ @param  root {string}
/ @signal lock if another living process has it
.disk.lock:{[root]
  link:root,"/lock";
  mine:":" sv (string .z.h;string .z.i;.disk.born .z.i);
  if[.disk.isLinked[mine;link];:()];
  owner:.disk.target link;
  if[.disk.isAlive owner;'.disk.locked[root;owner]];
  stale:link,".",string .z.i;
  system"mv -f ",link," ",stale," || true";
  moved:.disk.target stale;
  system"rm -f ",stale;
  / Two processes that find a stale lock at once: what the slower one took away was the faster one's.
  if[not moved~owner;
    if[count moved;.disk.isLinked[moved;link]];
    '.disk.locked[root;moved]];
  if[not .disk.isLinked[mine;link];'.disk.locked[root;.disk.target link]];
  };

.disk.isLinked:{[target;link] @[{system x;1b};"ln -s ",target," ",link," 2>/dev/null";0b]};

.disk.locked:{[root;owner]
  parts:":" vs owner;
  raze ("lock: ",root," is written by process ";$[1<count parts;parts 1;"?"];" on ";first parts;"; stop it first, or remove ";
    root;"/lock if that machine is gone")
  };

/ @desc   When a process began, in a form that tells it from another one of the same number; empty if it has ended.
.disk.born:{[process]
  number:string process;
  procfs:"sed -n 's/.*) [^ZX] //p' /proc/",number,"/stat 2>/dev/null | cut -d' ' -f19";
  other:"test -d /proc/self || ps -o lstart= -p ",number," | tr -d ' :'";
  $[count found:system procfs,"; ",other,"; true";first found;""]
  };

/ @desc   Whether the process that a lock names lives. One of another machine is taken to.
.disk.isAlive:{[owner]
  parts:":" vs owner;
  if[3>count parts;:0b];
  if[not parts[0]~string .z.h;:1b];
  born:.disk.born "J"$parts 1;
  (0<count born)&parts[2]~born
  };
