/ q/generation.q
/ purpose: publication. A generation is a small directory of links (dates, sym, par.txt, tables without partitions)
/          that a q process loads like any database; `current` links to the one that holds. What a generation links to
/          is never changed, so that a query sees one state of the database from begin to end.
/ flow:    write versions -> generations/N beside the current one -> one rename of `current` -> readers are told
/ crash:   up to the rename nothing refers to what was written, and the next start removes it; from then on it is
/          published.
/ launch:  loaded by q/feed.q

/ globals
/ .gen.current  number of the generation that holds
/ .gen.catalog  what it consists of: table date version; date is null for tables without partitions
/ .gen.retired  what later generations need no more: generation since path; removed when nobody holds an earlier one
/ .gen.grace    least time for which it stays, for readers that did not register
.gen.current:0;
.gen.catalog:([]table:`symbol$();date:`date$();version:`long$());
.gen.retired:([]generation:`long$();since:`timestamp$();path:());
.gen.grace:0D00:01;

.gen.link:{[] .part.root,"/current"};
.gen.folder:{[segment;generation] segment,"/generations/",string generation};
.gen.catalogFile:{[generation] .part.root,"/catalogs/",string generation};
.gen.folders:{[] distinct .part.segments,enlist .part.root};

/ @desc   Opens the database at its current generation, and removes what a crash left half done.
/ @param  held {long[]} generations that readers may still use
/ @signal root if the current generation cannot be read
.gen.open:{[held]
  .disk.make each (.part.root,"/catalogs";.part.root,"/generations");
  .gen.writeEmpty[];
  target:.disk.target .gen.link[];
  if[""~target;.gen.sweep 0#0;.gen.publish 0#.gen.catalog;:()];
  .gen.current:"J"$last "/" vs target;
  .gen.catalog:.gen.readCatalog .gen.current;
  .gen.sweep held where held<.gen.current;
  };

.gen.readCatalog:{[generation]
  file:.gen.catalogFile generation;
  @[get;hsym `$file;{[file;failed]
    '"root: ",file," is damaged or gone (",failed,"); restore the database from a backup"}[file]]
  };

/ @desc   Versions without rows, for dates that lack a table: a reader wants every table in every date.
.gen.writeEmpty:{[]
  rows:.Q.en[hsym `$.part.root] each .part.daily;
  {[rows;segment]
    {[segment;table;rows]
      path:segment,"/versions/empty/",string table;
      if[.disk.exists path;:()];
      (hsym `$path,".part/") set rows;
      .disk.run ("rm -rf ",path;"mv ",path,".part ",path);
      }[segment]'[key rows;value rows];
    }[rows] each .part.segments;
  };

/ @desc   The number that the next generation will have; versions are named by it.
.gen.next:{[] 1+.gen.current};

/ @desc   The directory of the version of a table that holds now; empty where there is none.
/ @param  name {symbol}
/ @param  day  {date} null for a table without partitions
/ @return {string}
.gen.path:{[name;day]
  version:exec first version from .gen.catalog where table=name,date=day;
  $[null version;"";.part.path[name;day;version]]
  };

/ @desc   Makes a generation with changed tables the current one.
/ @param  changes {table} table date version
.gen.publish:{[changes]
  generation:.gen.next[];
  catalog:0!(`table`date xkey .gen.catalog) upsert `table`date xkey changes;
  commands:raze .gen.copy[generation] each .gen.folders[];
  commands,:raze .gen.linkDate[generation;catalog] each distinct exec date from changes where not null date;
  commands,:raze .gen.linkWhole[generation] each select from changes where null date;
  commands,:.gen.finish[generation;catalog];
  .disk.save[.gen.catalogFile generation;catalog];
  .disk.run commands;
  .gen.retire[generation;changes];
  .gen.catalog:catalog;
  .gen.current:generation;
  .part.written:();
  .disk.run enlist .disk.sync enlist .part.root;
  };

/ @desc   Begins a generation's directory as a copy of the current one's links.
.gen.copy:{[generation;segment]
  part:.gen.folder[segment;generation],".part";
  current:.gen.folder[segment;.gen.current];
  begin:("rm -rf ",part;"mkdir -p ",part);
  begin,$[.disk.exists current;enlist "cp -a ",current,"/. ",part,"/";()]
  };

/ @desc   Links a date to a directory that links to the versions of its tables.
.gen.linkDate:{[generation;catalog;day]
  segment:.part.segment day;
  name:string[day],".",string generation;
  folder:segment,"/dates/",name;
  versions:exec table!version from catalog where date=day;
  links:{[day;folder;versions;table]
    target:$[null version:versions table;"empty/",string table;string[day],"/",string[table],".",string version];
    "ln -s ../../versions/",target," ",folder,"/",string table
    }[day;folder;versions] each key .part.daily;
  link:.gen.folder[segment;generation],".part/",string day;
  sync:.disk.sync (folder;segment,"/dates");
  ("rm -rf ",folder;"mkdir -p ",folder),links,(sync;"rm -f ",link;"ln -s ../../dates/",name," ",link)
  };

/ @desc   Links a table without partitions.
.gen.linkWhole:{[generation;change]
  link:.gen.folder[.part.root;generation],".part/",string change`table;
  ("rm -f ",link;"ln -s ../../versions/all/",string[change`table],".",string[change`version]," ",link)
  };

/ @desc   Completes a generation and makes it the current one, unless another process has the lock meanwhile.
.gen.finish:{[generation;catalog]
  part:.gen.folder[.part.root;generation],".part";
  commands:("rm -f ",part,"/sym ",part,"/par.txt";"ln -s ../../sym ",part,"/sym");
  if[not .part.segments~enlist .part.root;
    if[any not null catalog`date;
      commands,:{"echo ",x," >> ",y}[;part,"/par.txt"] each .gen.folder[;generation] each .part.segments]];
  commands,:raze .gen.complete[generation] each .gen.folders[];
  commands,:enlist "test \"$(readlink ",.part.root,"/lock)\" = ",.disk.target .part.root,"/lock";
  commands,.disk.relink["generations/",string generation;.gen.link[]]
  };

.gen.complete:{[generation;segment]
  folder:.gen.folder[segment;generation];
  part:folder,".part";
  (.disk.sync enlist part;"rm -rf ",folder;"mv ",part," ",folder;.disk.sync enlist segment,"/generations")
  };

/ @desc   Notes what a new generation needs no more: replaced versions, the links to them, and its predecessor.
.gen.retire:{[generation;changes]
  replaced:(select table,date from changes) ij `table`date xkey .gen.catalog;
  paths:.part.path'[replaced`table;replaced`date;replaced`version];
  days:distinct exec date from changes where not null date;
  linked:exec max version by date from .gen.catalog where date in days;
  paths,:.gen.dateFolder'[key linked;value linked];
  paths,:.gen.folder[;.gen.current] each .gen.folders[];
  .gen.retirePaths[generation;paths,enlist .gen.catalogFile .gen.current];
  };

.gen.retirePaths:{[generation;paths]
  .gen.retired,:([]generation:count[paths]#generation;since:count[paths]#.z.p;path:paths);
  };

/ @desc   Removes what nobody needs any more.
/ @param  oldest {long} the earliest generation that a reader holds; null if none does
.gen.collect:{[oldest]
  free:select from .gen.retired where since<=.z.p-.gen.grace,null[oldest]|generation<=oldest;
  if[0=count free;:()];
  .disk.remove free`path;
  .gen.retired:select from .gen.retired where not .gen.isAmong[path;free`path];
  };

/ @desc   Removes what a crash left half done, and retires what earlier generations consisted of.
/ @param  held {long[]} earlier generations that readers may still use
.gen.sweep:{[held]
  kept:held where "b"$.disk.exists each .gen.catalogFile each held;
  found:raze .gen.found each .gen.folders[];
  if[.gen.current;found:found where not .gen.isAmong[found;.gen.needs .gen.current]];
  number:"j"${[path] "J"$last "." vs last "/" vs path} each found;
  isEarlier:number within 1,.gen.current;
  .disk.remove found where not isEarlier;
  earlier:found where isEarlier;
  / What a reader holds goes when it has moved on to the current generation; the rest after the time of grace.
  isNeeded:.gen.isAmong[earlier;raze .gen.needs each kept];
  .gen.retirePaths[.gen.current;earlier where isNeeded];
  .gen.retirePaths[0;earlier where not isNeeded];
  };

/ @desc   Which paths are among others. As symbols: q looks for the letters of a path where lists are empty.
.gen.isAmong:{[paths;others] (`$paths) in `$others};

/ @desc   All that a generation consists of.
/ @return {string[]} paths
.gen.needs:{[generation]
  catalog:.gen.readCatalog generation;
  linked:select max version by date from catalog where not null date;
  versions:exec .part.path'[table;date;version] from catalog;
  dates:exec .gen.dateFolder'[date;version] from linked;
  versions,dates,(.gen.folder[;generation] each .gen.folders[]),enlist .gen.catalogFile generation
  };

.gen.dateFolder:{[day;version] .part.segment[day],"/dates/",string[day],".",string version};

/ @desc   Versions, dates, generations and catalogs that lie in a segment.
.gen.found:{[segment]
  folders:segment,/:"/versions/",/:.disk.names segment,"/versions";
  folders,:segment,/:("/dates";"/generations";"/catalogs");
  found:raze {[folder] (folder,"/"),/:.disk.names folder} each folders;
  found where not "b"$found like "*/versions/empty/*"
  };
