"""Running the service: health, the operations page, settings of the centre, backup, doctor."""
