// Mocha passes a rejection that nobody handles on to listeners of the process and ignores it where there are none; the
// program would end by it.
process.on('unhandledRejection', reason => {
  throw reason;
});
