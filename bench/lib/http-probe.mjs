/** Loaded by --import into each measured server: tells the processor time of its process when asked over IPC. */
process.on('message', (message) => {
  if (message === 'cpu') process.send({ cpu: process.cpuUsage() });
});
// A server must end when its work ends, channel or not.
process.channel?.unref();
