"""Who may teach: the trainer file with its authorisations, their proof, what observers and learners say. Source: clause #79."""
