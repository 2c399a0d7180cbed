"""The bank of the demonstration: somebody else's house, which happens to run in ours.

It keeps its own ledger, in tables that nothing of the shop reads, and is asked through
`retail.payments.demo` alone, as a provider far away would be. So it may disagree with the
shop's books, forget to answer and call back late, as real ones do.
"""
