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

/ @desc   Opens the database at its current generation, and removes what a crash left half done.
/ @param  held {long[]} generations that readers may still use
.gen.open:{[held]
  target:.disk.target .gen.link[];
  .disk.make each (.part.root,"/catalogs";.part.root,"/generations");
  .gen.writeEmpty[];
  if[""~target;.gen.sweep 0#0;.gen.publish 0#.gen.catalog;:()];
  .gen.current:"J"$last "/" vs target;
  .gen.catalog:get hsym `$.gen.catalogFile .gen.current;
  .gen.sweep held where held<.gen.current;
  };

/ @desc   Versions without rows, for dates that lack a table: a reader wants every table in every date.
.gen.writeEmpty:{[]
  rows:{.Q.en[hsym `$.part.root] x} each .part.daily;
  {[segment;rows]
    {[segment;table;rows]
      directory:segment,"/versions/empty/",string table;
      if[not .disk.exists directory;(hsym `$directory,"/") set rows];
      }[segment]'[key rows;value rows];
    }[;rows] each .part.segments;
  };

/ @desc   The number that the next generation will have; versions are named by it.
.gen.next:{[] 1+.gen.current};

/ @desc   The version of a table that holds now.
/ @param  name {symbol}
/ @param  day  {date} null for a table without partitions
/ @return {long} null where there is none
.gen.version:{[name;day] exec first version from .gen.catalog where table=name,date=day};

/ @desc   Makes a generation with changed tables the current one.
/ @param  changes {table} table date version
.gen.publish:{[changes]
  generation:.gen.next[];
  catalog:0!(`table`date xkey .gen.catalog) upsert `table`date xkey changes;
  folders:distinct .part.segments,enlist .part.root;
  commands:raze .gen.copy[generation] each folders;
  commands,:raze .gen.linkDate[generation;catalog] each distinct exec date from changes where not null date;
  commands,:raze .gen.linkWhole[generation] each select from changes where null date;
  commands,:.gen.finish[generation;catalog;folders];
  .disk.save[.gen.catalogFile generation;catalog];
  .disk.run[commands;.part.root];
  .gen.retire[generation;changes];
  .gen.catalog:catalog;
  .gen.current:generation;
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
  ("rm -rf ",folder;"mkdir -p ",folder),links,(.disk.sync enlist folder;"rm -f ",link;"ln -s ../../dates/",name," ",link)
  };

/ @desc   Links a table without partitions.
.gen.linkWhole:{[generation;change]
  link:.gen.folder[.part.root;generation],".part/",string change`table;
  ("rm -f ",link;"ln -s ../../versions/all/",string[change`table],".",string[change`version]," ",link)
  };

/ @desc   Completes a generation and makes it the current one.
.gen.finish:{[generation;catalog;folders]
  part:.gen.folder[.part.root;generation],".part";
  commands:("rm -f ",part,"/sym ",part,"/par.txt";"ln -s ../../sym ",part,"/sym");
  if[not .part.segments~enlist .part.root;
    if[any not null catalog`date;
      commands,:{"echo ",x," >> ",y}[;part,"/par.txt"] each .gen.folder[;generation] each .part.segments]];
  commands,:raze .gen.complete[generation] each folders;
  commands,:.disk.relink["generations/",string generation;.gen.link[]];
  commands,enlist .disk.sync enlist .part.root
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
  paths,:.gen.folder[;.gen.current] each distinct .part.segments,enlist .part.root;
  paths,:enlist .gen.catalogFile .gen.current;
  .gen.retired,:([]generation:count[paths]#generation;since:count[paths]#.z.p;path:paths);
  };

/ @desc   Removes what nobody needs any more.
/ @param  oldest {long} the earliest generation that a reader holds; null if none does
.gen.collect:{[oldest]
  free:select from .gen.retired where since<=.z.p-.gen.grace,null[oldest]|generation<=oldest;
  if[0=count free;:()];
  .disk.remove free`path;
  .gen.retired:select from .gen.retired where not path in free`path;
  };

/ @desc   Removes whatever no kept generation refers to: what a crash left, and what was retired before a restart.
/ @param  held {long[]} earlier generations that readers may still use
.gen.sweep:{[held]
  kept:distinct held,$[.gen.current;.gen.current;()];
  catalog:distinct raze {update generation:x from get hsym `$.gen.catalogFile x} each kept;
  versions:$[count catalog;exec distinct .part.path'[table;date;version] from catalog where not null version;()];
  linked:$[count catalog;exec distinct .gen.dateFolder'[date;version] from
    select max version by generation,date from catalog where not null date;()];
  segments:distinct .part.segments,enlist .part.root;
  wanted:versions,linked,(.gen.catalogFile each kept),raze segments .gen.folder/:\: kept;
  found:raze .gen.found each segments;
  .disk.remove found except wanted;
  };

.gen.dateFolder:{[day;version] .part.segment[day],"/dates/",string[day],".",string version};

/ @desc   Versions, dates, generations and catalogs that lie in a segment.
.gen.found:{[segment]
  folders:segment,/:"/versions/",/:.disk.names[segment,"/versions"] except enlist "empty";
  folders,:segment,/:("/dates";"/generations";"/catalogs");
  raze {[folder] (folder,"/"),/:.disk.names folder} each folders
  };
