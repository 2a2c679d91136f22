// Coverage is that of this process: the maps of processes that tests start, some of them built, do not merge with it.
delete process.env.NODE_V8_COVERAGE;
