"""What steps 9 to 12 record: training plan lines with their people, sit-ins, samples of live contacts, feedback items.

Rows of their own, each with an address; the gates of the steps count them. They know a change only by its id. Other slices
feed the same gates by registering a source in `gates.py`."""
