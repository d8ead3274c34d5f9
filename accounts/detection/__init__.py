"""Finding attacks in what requests and people do, and answering them.

Requests only count up in memory. A thread behind them adds that to what other processes have
counted, in Redis, and whatever is over a detector's threshold becomes an alarm.
"""
