"""What stands between a network and the vectors that consumers store."""
