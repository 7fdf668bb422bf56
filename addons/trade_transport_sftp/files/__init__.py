"""Files at other places: what a folder is, on an SFTP server or on this machine, and what is done with it."""
