"""What tests stand on: real servers, started and ended by them."""
