"""What payers have to do at the processor before a charge or a setup attempt ends."""
