"""What the commands of all packages need, and the library itself does not.

==================  ================================================================
``console``         errors as one sentence with exit status 2, names with a near match
``atomic_files``    files written whole or not at all
``jobs``            independent jobs in parallel, their results stored and reused
``backends``        processes of this machine, or the workers of a Dask cluster
``source_code``     digests of the program that a stored result depends on
``seeds``           random numbers from a seed and the words that name what is drawn
``matrices``        matrices from .npy, .npz, .csv and .mat files
``number_tables``   matrices from text, with the line and column of what is no number
``matlab_files``    MATLAB files, read in a process that a damaged file may end
``binomial``        limits and designed tests of a probability
``intervals``       means of a few replicates, with Student's t intervals
==================  ================================================================
"""
