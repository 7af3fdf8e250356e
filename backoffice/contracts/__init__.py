"""What can be asked of the back-API and of this desk: values, refusals and Protocols. Imports nothing of ours."""
